//! The runtime's entry points: one row each, from which the code generator takes signatures and the
//! runtime its exported symbols.
//!
//! A row `name(A, B) -> R: effect` is exported as `inko_rt_name` with the C calling convention and the
//! process block as an additional first argument. std calls rows by `extern def name(...)`; the type
//! checker finds them by name.
//!
//! Rows other than [`Effect::Leaf`] are entered through a shim that stores frame pointer and return address in
//! the process head, where stack walks begin.

/// How an argument or a result is passed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    /// A tagged word.
    Word,
    /// A raw double.
    Float,
    /// A flag, 0 or 1, in the low byte.
    Bool,
    /// A raw 64-bit integer or address.
    Raw,
}

/// What an entry point returns.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Returns {
    /// Nothing of interest; the call's value is `Nil`.
    Nothing,
    /// One value.
    Value(Kind),
    /// A word and a status: status 1 means that the word was thrown.
    Throws,
}

/// What a call may do besides computing its result.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Effect {
    /// Never panics, collects, suspends or unwinds; may be called without a call site.
    Leaf,
    /// May panic but does not collect, so words in registers stay valid. It may allocate: the runtime then
    /// extends the heap instead of collecting, and asks for a collection at the next poll.
    Panics,
    /// May also collect, suspend and be preempted: every live word must be in the stack map.
    Safepoint,
    /// Does not return (panics, ends the process, unwinds, exits).
    Never,
}

/// A row of the table.
#[derive(Clone, Copy, Debug)]
pub struct Signature {
    /// The name, without prefix.
    pub name: &'static str,
    /// The name of the exported symbol.
    pub symbol: &'static str,
    /// The arguments after the process block.
    pub params: &'static [Kind],
    /// The result.
    pub returns: Returns,
    /// The effect.
    pub effect: Effect,
}

/// Passes the whole table to the macro given: `rows!(callback)` expands to
/// `callback! { name (Kind, ...) -> Returns : Effect ; ... }`.
///
/// Kinds: `Word`, `Float`, `Bool`, `Raw`; results: `Nothing`, a kind, or `Throws`.
#[macro_export]
macro_rules! rows {
    ($callback:ident) => {
        $callback! {
            // Polls, allocation, exits. `poll` is entered as a slow path only.
            poll () -> Nothing : Safepoint;
            // Bytes (header included) -> untagged address of uninitialised memory, to be filled at once.
            allocate (Raw) -> Raw : Safepoint;
            // A message; prints the trace and ends the program.
            panic (Word) -> Nothing : Never;
            // Value, index of the expected type's name in the program's strings.
            panic_cast (Word, Raw) -> Nothing : Never;
            // Receiver, index of a string such as `ToString.to_string`.
            panic_dispatch (Word, Raw) -> Nothing : Never;
            // The thrown value.
            panic_uncaught (Word) -> Nothing : Never;
            // Index of the constant's name.
            panic_undefined (Raw) -> Nothing : Never;
            // The object that is about to be changed: panics if it is permanent, else remembers it for the collector.
            write_barrier (Word) -> Nothing : Panics;
            // Home token, value, exit number: leaves frames up to the token's; panics if it is not active.
            unwind (Word, Word, Raw) -> Nothing : Never;
            // Continues the current non-local exit in the caller of the current frame.
            unwind_resume () -> Nothing : Never;
            // Moves a value to the permanent heap (frozen); returns the permanent word.
            freeze (Word) -> Word : Panics;
            program_exit (Word) -> Nothing : Never;

            // Integers: the slow paths of the inline operations; operands of any size.
            integer_add (Word, Word) -> Word : Panics;
            integer_sub (Word, Word) -> Word : Panics;
            integer_mul (Word, Word) -> Word : Panics;
            integer_div (Word, Word) -> Word : Panics;
            integer_mod (Word, Word) -> Word : Panics;
            integer_and (Word, Word) -> Word : Panics;
            integer_or (Word, Word) -> Word : Panics;
            integer_xor (Word, Word) -> Word : Panics;
            integer_shift_left (Word, Word) -> Word : Panics;
            integer_shift_right (Word, Word) -> Word : Panics;
            // -1, 0 or 1.
            integer_compare (Word, Word) -> Raw : Leaf;
            integer_to_float (Word) -> Float : Leaf;
            // Integer, radix (2 to 36, checked by std).
            integer_to_string (Word, Word) -> Word : Panics;
            // String, radix -> Integer; throws a String.
            string_to_integer (Word, Word) -> Throws : Panics;

            // Floats.
            float_box (Float) -> Word : Panics;
            float_mod (Float, Float) -> Float : Leaf;
            // Within 2 ULPs and of equal sign.
            float_equals (Float, Float) -> Bool : Leaf;
            float_floor (Float) -> Float : Leaf;
            float_ceil (Float) -> Float : Leaf;
            float_round (Float, Word) -> Float : Leaf;
            float_is_nan (Float) -> Bool : Leaf;
            float_is_infinite (Float) -> Bool : Leaf;
            float_to_bits (Float) -> Word : Panics;
            float_to_integer (Float) -> Word : Panics;
            float_to_string (Float) -> Word : Panics;
            // Throws a String.
            string_to_float (Word) -> Throws : Panics;

            // Strings.
            string_length (Word) -> Word : Leaf;
            string_byte (Word, Word) -> Word : Panics;
            string_equals (Word, Word) -> Bool : Leaf;
            string_concat (Word, Word) -> Word : Panics;
            // An Array of Strings.
            string_concat_array (Word) -> Word : Panics;
            string_slice (Word, Word, Word) -> Word : Panics;
            string_to_lower (Word) -> Word : Panics;
            string_to_upper (Word) -> Word : Panics;
            string_to_byte_array (Word) -> Word : Panics;
            string_format_debug (Word) -> Word : Panics;

            // Arrays. `array_get` and `array_set` are the slow paths of the inline operations: they
            // apply the index rule, grow on an append, and panic when out of bounds or frozen.
            // A capacity; length 0.
            array_new (Raw) -> Word : Panics;
            // Amount, value.
            array_filled (Word, Word) -> Word : Panics;
            array_get (Word, Word) -> Word : Panics;
            array_set (Word, Word, Word) -> Word : Panics;
            array_push (Word, Word) -> Word : Panics;
            // `UNDEFINED` when empty.
            array_pop (Word) -> Word : Panics;
            array_remove (Word, Word) -> Word : Panics;
            array_clear (Word) -> Nothing : Panics;
            // Applies the index rule; `UNDEFINED` when out of bounds; panics for big integers.
            array_find (Word, Word) -> Word : Panics;

            // Byte arrays, with the same rules.
            byte_array_from_array (Word) -> Word : Panics;
            // Amount, byte.
            byte_array_filled (Word, Word) -> Word : Panics;
            // The slow paths of the inline operations, as for arrays.
            byte_array_get (Word, Word) -> Word : Panics;
            byte_array_find (Word, Word) -> Word : Panics;
            byte_array_set (Word, Word, Word) -> Word : Panics;
            byte_array_remove (Word, Word) -> Word : Panics;
            byte_array_clear (Word) -> Nothing : Panics;
            byte_array_equals (Word, Word) -> Bool : Leaf;
            byte_array_to_string (Word) -> Word : Panics;
            byte_array_drain_to_string (Word) -> Word : Panics;

            // Hashing.
            hasher_new (Word, Word) -> Word : Panics;
            hasher_write (Word, Word) -> Word : Panics;
            hasher_to_hash (Word) -> Word : Panics;
            // Two keys and an integer, float or string: what a new hasher makes of it.
            hash_of (Word, Word, Word) -> Word : Leaf;

            // Random numbers; both bounds may be the result.
            random_incremental_integer () -> Word : Panics;
            random_integer () -> Word : Panics;
            random_float () -> Float : Leaf;
            random_integer_between (Word, Word) -> Word : Panics;
            random_float_between (Float, Float) -> Float : Panics;
            random_bytes (Word) -> Word : Panics;

            // Processes.
            process_spawn (Word) -> Word : Panics;
            process_current () -> Word : Panics;
            process_identifier (Word) -> Word : Leaf;
            process_send (Word, Word) -> Word : Panics;
            // Seconds, 0.0 for ever; throws a String.
            process_receive (Float) -> Throws : Safepoint;
            process_suspend (Float) -> Nothing : Safepoint;
            process_terminate () -> Nothing : Never;
            process_set_blocking (Bool) -> Bool : Safepoint;
            process_set_pinned (Bool) -> Bool : Panics;
            // Limit, skip -> Array of Arrays (file, name, line), oldest first.
            process_stacktrace (Word, Word) -> Word : Panics;

            // Mirrors. The class object of a value; `Nil` for class objects.
            object_class (Word) -> Word : Panics;
            // The name of a value's class; for class objects, traits and modules their own.
            object_name (Word) -> Word : Panics;
            // What a value itself has: an Array of Strings.
            object_attribute_names (Word) -> Word : Panics;
            // Value, name; `Nil` if there is no such attribute. Class objects have methods.
            object_attribute (Word, Word) -> Word : Panics;
            // Value, name, new attribute. Panics if the class declares the attribute with another type.
            object_set_attribute (Word, Word, Word) -> Word : Panics;
            // An Array of traits.
            object_traits (Word) -> Word : Panics;
            block_name (Word) -> Word : Panics;
            block_file (Word) -> Word : Panics;
            block_line (Word) -> Word : Leaf;
            block_arguments (Word) -> Word : Panics;
            block_required_arguments (Word) -> Word : Leaf;
            module_list () -> Word : Panics;
            module_name (Word) -> Word : Panics;
            module_source_path (Word) -> Word : Panics;

            // Generators. A generator runs a closure without arguments on a stack of its own.
            generator_new (Word) -> Word : Panics;
            // `True` if it yielded, `False` if it ended; throws what the body throws.
            generator_resume (Word) -> Throws : Safepoint;
            // The last value yielded.
            generator_value (Word) -> Word : Panics;
            generator_yield (Word) -> Nothing : Safepoint;

            // Clocks and standard streams. The writers throw an Integer error code.
            time_monotonic () -> Float : Leaf;
            // An Array: Float seconds, Integer UTC offset.
            time_system () -> Word : Panics;
            stdout_write_string (Word) -> Throws : Panics;
            stdout_write_bytes (Word) -> Throws : Panics;
            stdout_flush () -> Throws : Panics;
            stderr_write_string (Word) -> Throws : Panics;
            stderr_write_bytes (Word) -> Throws : Panics;
            stderr_flush () -> Throws : Panics;
            // ByteArray, size -> bytes read.
            stdin_read (Word, Word) -> Throws : Panics;

            // The environment. The values of variables are thrown as `Nil` if they aren't set.
            env_get (Word) -> Throws : Panics;
            env_set (Word, Word) -> Nothing : Panics;
            env_remove (Word) -> Nothing : Panics;
            // An Array of the names and values of all variables by turns.
            env_variables () -> Word : Panics;
            // Throws `Nil` if it is unknown.
            env_home_directory () -> Throws : Panics;
            env_temporary_directory () -> Word : Panics;
            // These throw an Integer error code, as do all below.
            env_working_directory () -> Throws : Panics;
            env_set_working_directory (Word) -> Throws : Panics;
            env_arguments () -> Word : Panics;
            env_executable () -> Throws : Panics;

            // Paths and directories. They may block the thread.
            path_exists (Word) -> Bool : Panics;
            path_is_file (Word) -> Bool : Panics;
            path_is_directory (Word) -> Bool : Panics;
            // Float seconds since the Unix epoch.
            path_created_at (Word) -> Throws : Panics;
            path_modified_at (Word) -> Throws : Panics;
            path_accessed_at (Word) -> Throws : Panics;
            // The path, and whether parents are created or everything below is removed.
            directory_create (Word, Bool) -> Throws : Panics;
            directory_remove (Word, Bool) -> Throws : Panics;
            // An Array of the paths of the entries.
            directory_list (Word) -> Throws : Panics;

            // Files. They may block the thread. The path, and whether all is written at the end.
            file_open_read_only (Word) -> Throws : Panics;
            file_open_write_only (Word, Bool) -> Throws : Panics;
            file_open_read_write (Word, Bool) -> Throws : Panics;
            // File, ByteArray, size.
            file_read (Word, Word, Word) -> Throws : Panics;
            file_write_string (Word, Word) -> Throws : Panics;
            file_write_bytes (Word, Word) -> Throws : Panics;
            file_flush (Word) -> Throws : Panics;
            file_seek (Word, Word) -> Throws : Panics;
            file_path (Word) -> Word : Panics;
            file_close (Word) -> Nothing : Panics;
            file_size (Word) -> Throws : Panics;
            file_remove (Word) -> Throws : Panics;
            file_copy (Word, Word) -> Throws : Panics;

            // Child processes. They throw an Integer error code.
            os_platform () -> Word : Panics;
            // Program, Array of arguments, Array of names and values of variables by turns, Array of three codes for the
            // standard streams (0 nothing, 1 ours, 2 a pipe), and directory, the current one if it is empty.
            child_process_spawn (Word, Word, Word, Word, Word) -> Throws : Panics;
            // Stream 1 or 2, ByteArray, size. May block the thread.
            child_process_read (Word, Word, Word, Word) -> Throws : Panics;
            // String or ByteArray, the byte to begin at, and whether to wait until all is written, which may block the
            // thread. The number of bytes written.
            child_process_write (Word, Word, Word, Bool) -> Throws : Panics;
            // Stream 0, 1 or 2.
            child_process_close (Word, Word) -> Nothing : Panics;
            // The exit code. Blocks the thread.
            child_process_wait (Word) -> Throws : Panics;
            // The exit code, -1 while it runs.
            child_process_try_wait (Word) -> Throws : Panics;
            // C. An Array of names; throws a String.
            ffi_library_open (Word) -> Throws : Panics;
            // Library, name; throws a String.
            ffi_library_variable (Word, Word) -> Throws : Panics;
            ffi_library_close (Word) -> Nothing : Panics;
            // Pointer, an Array of the numbers of the arguments' types, that of the result's.
            ffi_function_new (Word, Word, Word) -> Word : Panics;
            // Function, an Array of arguments. May block the thread.
            ffi_function_call (Word, Word) -> Word : Panics;
            ffi_pointer_new (Word) -> Word : Panics;
            ffi_pointer_address (Word) -> Word : Panics;
            // Pointer, offset, the type's number.
            ffi_pointer_read (Word, Word, Word) -> Word : Panics;
            // Pointer, offset: the bytes up to a NUL.
            ffi_pointer_read_bytes (Word, Word) -> Word : Panics;
            // Pointer, offset, the type's number, value.
            ffi_pointer_write (Word, Word, Word, Word) -> Nothing : Panics;
            // Of a type's number; its alignment is the same.
            ffi_type_size (Word) -> Word : Panics;

            // Start, length: bytes by the index rule, fewer if there are no more.
            byte_array_slice (Word, Word, Word) -> Word : Panics;
            string_slice_bytes (Word, Word, Word) -> Word : Panics;
            // String, other string, offset in bytes: where the other one is from there on, -1 if it isn't.
            string_find (Word, Word, Word) -> Word : Leaf;
            // The same arguments: whether the other one is right there.
            string_has (Word, Word, Word) -> Bool : Leaf;
            // Whether so many bytes can be written without waiting.
            stdout_takes (Word) -> Bool : Leaf;
            stderr_takes (Word) -> Bool : Leaf;

            // Sockets. Those that a process may have to wait for give -1 then, or `UNDEFINED` in place of an object; -2
            // means that it must try again later. Streams, datagrams, sequences of packets and raw sockets are 0 to 3.
            socket_allocate_ipv4 (Word) -> Throws : Panics;
            socket_allocate_ipv6 (Word) -> Throws : Panics;
            socket_allocate_unix (Word) -> Throws : Panics;
            // Socket, address, port.
            socket_bind (Word, Word, Word) -> Throws : Panics;
            socket_connect (Word, Word, Word) -> Throws : Panics;
            // Socket, length of the queue, which is returned.
            socket_listen (Word, Word) -> Throws : Panics;
            socket_accept (Word) -> Throws : Panics;
            // Socket, ByteArray, size; 0 is as much as is there.
            socket_read (Word, Word, Word) -> Throws : Panics;
            // Socket, String or ByteArray, the first byte.
            socket_write_string (Word, Word, Word) -> Throws : Panics;
            socket_write_bytes (Word, Word, Word) -> Throws : Panics;
            // An Array of address and port of the sender.
            socket_receive_from (Word, Word, Word) -> Throws : Panics;
            socket_send_string_to (Word, Word, Word, Word) -> Throws : Panics;
            socket_send_bytes_to (Word, Word, Word, Word) -> Throws : Panics;
            // What the process tried last may work afterwards.
            socket_wait_to_read (Word) -> Throws : Safepoint;
            socket_wait_to_write (Word) -> Throws : Safepoint;
            socket_shutdown_read (Word) -> Throws : Panics;
            socket_shutdown_write (Word) -> Throws : Panics;
            socket_shutdown_read_write (Word) -> Throws : Panics;
            socket_close (Word) -> Nothing : Panics;
            // An Array of address and port.
            socket_local_address (Word) -> Throws : Panics;
            socket_peer_address (Word) -> Throws : Panics;
            // Options. The setters return the value.
            socket_get_ttl (Word) -> Throws : Panics;
            socket_set_ttl (Word, Word) -> Throws : Panics;
            socket_get_only_v6 (Word) -> Throws : Panics;
            socket_set_only_v6 (Word, Word) -> Throws : Panics;
            socket_get_nodelay (Word) -> Throws : Panics;
            socket_set_nodelay (Word, Word) -> Throws : Panics;
            socket_get_broadcast (Word) -> Throws : Panics;
            socket_set_broadcast (Word, Word) -> Throws : Panics;
            socket_get_linger (Word) -> Throws : Panics;
            socket_set_linger (Word, Word) -> Throws : Panics;
            socket_get_recv_size (Word) -> Throws : Panics;
            socket_set_recv_size (Word, Word) -> Throws : Panics;
            socket_get_send_size (Word) -> Throws : Panics;
            socket_set_send_size (Word, Word) -> Throws : Panics;
            socket_get_keepalive (Word) -> Throws : Panics;
            socket_set_keepalive (Word, Word) -> Throws : Panics;
            socket_get_multicast_loop_v4 (Word) -> Throws : Panics;
            socket_set_multicast_loop_v4 (Word, Word) -> Throws : Panics;
            socket_get_multicast_loop_v6 (Word) -> Throws : Panics;
            socket_set_multicast_loop_v6 (Word, Word) -> Throws : Panics;
            socket_get_multicast_ttl_v4 (Word) -> Throws : Panics;
            socket_set_multicast_ttl_v4 (Word, Word) -> Throws : Panics;
            socket_get_multicast_hops_v6 (Word) -> Throws : Panics;
            socket_set_multicast_hops_v6 (Word, Word) -> Throws : Panics;
            socket_get_multicast_if_v4 (Word) -> Throws : Panics;
            socket_set_multicast_if_v4 (Word, Word) -> Throws : Panics;
            socket_get_multicast_if_v6 (Word) -> Throws : Panics;
            socket_set_multicast_if_v6 (Word, Word) -> Throws : Panics;
            socket_get_unicast_hops_v6 (Word) -> Throws : Panics;
            socket_set_unicast_hops_v6 (Word, Word) -> Throws : Panics;
            socket_get_reuse_address (Word) -> Throws : Panics;
            socket_set_reuse_address (Word, Word) -> Throws : Panics;
            socket_get_reuse_port (Word) -> Throws : Panics;
            socket_set_reuse_port (Word, Word) -> Throws : Panics;
        }
    };
}

macro_rules! define {
    ($($name:ident ($($param:ident),*) -> $returns:ident : $effect:ident;)*) => {
        /// Names a row.
        #[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
        #[expect(non_camel_case_types, missing_docs, reason = "the names of the rows")]
        pub enum Entry { $($name,)* }

        /// All rows, indexed by [`Entry`].
        pub static SIGNATURES: &[Signature] = &[$(Signature {
            name: stringify!($name),
            symbol: concat!("inko_rt_", stringify!($name)),
            params: &[$(Kind::$param),*],
            returns: define!(@returns $returns),
            effect: Effect::$effect,
        },)*];

        /// All entries in the order of the table.
        pub const ALL: &[Entry] = &[$(Entry::$name),*];
    };
    (@returns Nothing) => { Returns::Nothing };
    (@returns Throws) => { Returns::Throws };
    (@returns $kind:ident) => { Returns::Value(Kind::$kind) };
}

rows!(define);

/// The *slow paths*: rows that machine code also enters where its own fast path gives up. Such calls are rare and
/// stand in the middle of loops, so they go through a second symbol, which preserves every register (Cranelift's
/// `preserve_all`), takes its arguments from `ProcessHead::slow_arguments` and leaves the result in
/// `ProcessHead::slow_result`: a call that names no register leaves the allocation of those around it alone.
#[macro_export]
macro_rules! slow_paths {
    ($callback:ident) => {
        $callback! {
            poll nothing;
            allocate word;
            panic_cast nothing;
            write_barrier nothing;
            panic_undefined nothing;
            integer_add word;
            integer_sub word;
            integer_mul word;
            integer_div word;
            integer_mod word;
            integer_and word;
            integer_or word;
            integer_xor word;
            integer_shift_left word;
            integer_shift_right word;
            integer_compare word;
            integer_to_float double;
            float_box word;
            array_get word;
            array_set nothing;
            array_push nothing;
            byte_array_get word;
            byte_array_set nothing;
        }
    };
}

macro_rules! define_slow {
    ($($name:ident $result:ident;)*) => {
        impl Entry {
            /// The name of the symbol that preserves all registers, if the row is a slow path.
            pub fn slow_symbol(self) -> Option<&'static str> {
                match self {
                    $(Entry::$name => Some(concat!("inko_rt_slow_", stringify!($name))),)*
                    _ => None,
                }
            }
        }
    };
}

slow_paths!(define_slow);

impl Entry {
    /// The row of this entry.
    pub fn signature(self) -> &'static Signature {
        &SIGNATURES[self as usize]
    }

    /// Whether it reads the tables for mirrors, which only programs that use such an entry have.
    pub fn reflects(self) -> bool {
        use Entry::*;
        matches!(
            self,
            object_class
                | object_name
                | object_attribute_names
                | object_attribute
                | object_set_attribute
                | object_traits
                | module_list
                | module_name
                | module_source_path
        )
    }

    /// The entry of a name, as an `extern def` writes it.
    pub fn from_name(name: &str) -> Option<Entry> {
        SIGNATURES.iter().position(|row| row.name == name).map(|index| ALL[index])
    }
}
