//! The symbols that machine code calls, one for each row of `inko_abi::entry`.
//!
//! Rows other than leaves are entered through a shim that notes the caller's frame pointer and the return
//! address in the process head, where stack walks begin. Machine code keeps the process in r15.

use crate::switch;
use inko_abi::process::offset::{EXIT_ADDRESS, EXIT_FRAME, SLOW_ARGUMENTS, SLOW_RESULT};
use std::arch::naked_asm;

/// The functions under the names of their rows.
mod targets {
    pub(super) use crate::generator::{generator_new, generator_value};
    pub(super) use crate::messages::*;
    pub(super) use crate::panic::{
        panic_cast, panic_dispatch, panic_message as panic, panic_uncaught, panic_undefined,
    };
    pub(super) use crate::poll::poll;
    pub(super) use crate::primitives::*;
    pub(super) use crate::unwind::{unwind, unwind_resume};
}

/// The body of a shim that preserves every register around a call. The process is in r15.
macro_rules! preserving {
    ([$($call:literal),*], $($operands:tt)*) => {
        naked_asm!(
            "mov [r15 + {frame}], rbp",
            "push rax",
            "mov rax, [rsp + 8]",
            "mov [r15 + {address}], rax",
            "push rcx", "push rdx", "push rsi", "push rdi",
            "push r8", "push r9", "push r10", "push r11",
            "sub rsp, 256",
            "movdqu [rsp], xmm0", "movdqu [rsp + 16], xmm1",
            "movdqu [rsp + 32], xmm2", "movdqu [rsp + 48], xmm3",
            "movdqu [rsp + 64], xmm4", "movdqu [rsp + 80], xmm5",
            "movdqu [rsp + 96], xmm6", "movdqu [rsp + 112], xmm7",
            "movdqu [rsp + 128], xmm8", "movdqu [rsp + 144], xmm9",
            "movdqu [rsp + 160], xmm10", "movdqu [rsp + 176], xmm11",
            "movdqu [rsp + 192], xmm12", "movdqu [rsp + 208], xmm13",
            "movdqu [rsp + 224], xmm14", "movdqu [rsp + 240], xmm15",
            $($call,)*
            "movdqu xmm0, [rsp]", "movdqu xmm1, [rsp + 16]",
            "movdqu xmm2, [rsp + 32]", "movdqu xmm3, [rsp + 48]",
            "movdqu xmm4, [rsp + 64]", "movdqu xmm5, [rsp + 80]",
            "movdqu xmm6, [rsp + 96]", "movdqu xmm7, [rsp + 112]",
            "movdqu xmm8, [rsp + 128]", "movdqu xmm9, [rsp + 144]",
            "movdqu xmm10, [rsp + 160]", "movdqu xmm11, [rsp + 176]",
            "movdqu xmm12, [rsp + 192]", "movdqu xmm13, [rsp + 208]",
            "movdqu xmm14, [rsp + 224]", "movdqu xmm15, [rsp + 240]",
            "add rsp, 256",
            "pop r11", "pop r10", "pop r9", "pop r8",
            "pop rdi", "pop rsi", "pop rdx", "pop rcx",
            "pop rax",
            "ret",
            frame = const EXIT_FRAME,
            address = const EXIT_ADDRESS,
            $($operands)*
        )
    };
}

/// The shim of a row whose function may stop the process. When the process goes on, another function has
/// its turn, which gives the result or stops the process again.
macro_rules! stopping {
    ($name:ident, then $then:ident) => {
        #[unsafe(naked)]
        #[unsafe(export_name = concat!("inko_rt_", stringify!($name)))]
        unsafe extern "C" fn $name() {
            naked_asm!(
                "mov [rdi + {frame}], rbp",
                "mov rax, [rsp]",
                "mov [rdi + {address}], rax",
                "push rbx",
                "push r12",
                "push r13",
                "push r14",
                "sub rsp, 8",
                "call {target}",
                "2:",
                "cmp qword ptr [r15 + {stopping}], 0",
                "je 3f",
                "call {leave}",
                "mov rdi, r15",
                "call {then}",
                "jmp 2b",
                "3:",
                "add rsp, 8",
                "pop r14",
                "pop r13",
                "pop r12",
                "pop rbx",
                "ret",
                frame = const EXIT_FRAME,
                address = const EXIT_ADDRESS,
                stopping = const switch::offset::STOPPING,
                leave = sym switch::leave,
                target = sym targets::$name,
                then = sym targets::$then,
            )
        }
    };
}

macro_rules! export {
    ($($name:ident ($($param:ident),*) -> $returns:ident : $effect:ident;)*) => {
        $(export!(@shim $name $effect);)*
    };
    (@shim $name:ident Leaf) => {
        #[unsafe(naked)]
        #[unsafe(export_name = concat!("inko_rt_", stringify!($name)))]
        unsafe extern "C" fn $name() {
            naked_asm!("jmp {target}", target = sym targets::$name)
        }
    };
    // A slow path only.
    (@shim poll Safepoint) => {};
    // These are in the module of generators.
    (@shim generator_resume Safepoint) => {};
    (@shim generator_yield Safepoint) => {};
    (@shim process_receive Safepoint) => { stopping!(process_receive, then process_received); };
    (@shim socket_wait_to_read Safepoint) => { stopping!(socket_wait_to_read, then socket_has_waited); };
    (@shim socket_wait_to_write Safepoint) => { stopping!(socket_wait_to_write, then socket_has_waited); };
    (@shim process_suspend Safepoint) => { stopping!(process_suspend, then process_go_on); };
    (@shim process_set_blocking Safepoint) => { stopping!(process_set_blocking, then process_has_moved); };
    (@shim process_terminate Never) => { stopping!(process_terminate, then process_go_on); };
    (@shim $name:ident $effect:ident) => {
        #[unsafe(naked)]
        #[unsafe(export_name = concat!("inko_rt_", stringify!($name)))]
        unsafe extern "C" fn $name() {
            naked_asm!(
                "mov [rdi + {frame}], rbp",
                "mov rax, [rsp]",
                "mov [rdi + {address}], rax",
                "jmp {target}",
                frame = const EXIT_FRAME,
                address = const EXIT_ADDRESS,
                target = sym targets::$name,
            )
        }
    };
}

inko_abi::rows!(export);

macro_rules! export_slow {
    ($($name:ident $result:ident;)*) => {
        /// The shims of the slow paths.
        mod slow {
            use super::*;

            $(
                #[unsafe(naked)]
                #[unsafe(export_name = concat!("inko_rt_slow_", stringify!($name)))]
                unsafe extern "C" fn $name() {
                    export_slow!(@body $name $result)
                }
            )*
        }
    };
    (@body poll nothing) => {
        preserving!(
            [
                "mov rdi, r15",
                "call {target}",
                "cmp qword ptr [r15 + {stopping}], 0",
                "je 2f",
                "push rbx",
                "push r12",
                "push r13",
                "push r14",
                "call {leave}",
                "pop r14",
                "pop r13",
                "pop r12",
                "pop rbx",
                "2:"
            ],
            target = sym targets::poll,
            stopping = const switch::offset::STOPPING,
            leave = sym switch::leave,
        )
    };
    (@body $name:ident word) => { export_slow!(@call $name "mov [r15 + {result}], rax") };
    (@body $name:ident double) => { export_slow!(@call $name "movsd [r15 + {result}], xmm0") };
    // An address in the result's place does no harm.
    (@body $name:ident nothing) => { export_slow!(@call $name "mov [r15 + {result}], r15") };
    (@call $name:ident $keep:literal) => {
        preserving!(
            [
                "mov rdi, r15",
                "mov rsi, [r15 + {arguments}]",
                "mov rdx, [r15 + {arguments} + 8]",
                "mov rcx, [r15 + {arguments} + 16]",
                "movsd xmm0, [r15 + {arguments}]",
                "call {target}",
                $keep
            ],
            target = sym targets::$name,
            arguments = const SLOW_ARGUMENTS,
            result = const SLOW_RESULT,
        )
    };
}

inko_abi::slow_paths!(export_slow);
