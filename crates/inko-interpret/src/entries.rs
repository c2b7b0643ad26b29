//! The functions of the runtime that sequential programs need.

use super::arguments::{Args, Results, flag, float, integer, nothing, string, thrown, word};
use super::arrays::array_get;
use super::machine::{Machine, Stream};
use super::stop::{Result, Stop, bug};
use super::value::{Body, GeneratorState, Val, Word};
use super::{numbers, strings};
use inko_abi::entry::Entry;
use inko_ir::ir::IntegerOp;
use std::hash::{DefaultHasher, Hasher};
use std::rc::Rc;

impl Machine<'_> {
    pub(super) fn entry(&mut self, entry: Entry, args: Vec<Val>) -> Result<Results> {
        let args = Args(args);
        match entry {
            Entry::poll => nothing(),
            Entry::panic => Err(Stop::Panic(args.text(0)?.to_string())),
            Entry::panic_uncaught => Err(self.uncaught(&args.word(0))),
            Entry::unwind => {
                let (home, value, exit) = (args.word(0), args.word(1), args.raw(2)?);
                self.check_home(&home)?;
                self.pass_on(home, value, exit)
            }
            Entry::unwind_resume => match self.frame().arrived.clone() {
                Some((home, value, exit)) => self.pass_on(home, value, exit),
                None => Err(bug("an exit that arrived")),
            },
            Entry::freeze => {
                args.word(0).freeze();
                word(args.word(0))
            }
            Entry::program_exit => {
                let status = args.integer(0)?;
                let status =
                    i32::try_from(&status).map_err(|_| Stop::Panic(format!("{status} is too big")))?;
                Err(Stop::Exit(status))
            }
            Entry::integer_add => self.arithmetic(IntegerOp::Add, &args),
            Entry::integer_sub => self.arithmetic(IntegerOp::Sub, &args),
            Entry::integer_mul => self.arithmetic(IntegerOp::Mul, &args),
            Entry::integer_div => self.arithmetic(IntegerOp::Div, &args),
            Entry::integer_mod => self.arithmetic(IntegerOp::Mod, &args),
            Entry::integer_and => self.arithmetic(IntegerOp::And, &args),
            Entry::integer_or => self.arithmetic(IntegerOp::Or, &args),
            Entry::integer_xor => self.arithmetic(IntegerOp::Xor, &args),
            Entry::integer_shift_left => self.arithmetic(IntegerOp::ShiftLeft, &args),
            Entry::integer_shift_right => self.arithmetic(IntegerOp::ShiftRight, &args),
            Entry::integer_compare => {
                let order = args.integer(0)?.cmp(&args.integer(1)?);
                Ok(Some(vec![Val::Raw(order as i64)]))
            }
            Entry::integer_to_float => float(args.integer(0)?.to_f64().value()),
            Entry::integer_to_string => {
                let radix = u8::try_from(&args.integer(1)?).map_err(|_| bug("a radix"))?;
                string(&args.integer(0)?.in_radix(radix).to_string())
            }
            Entry::string_to_integer => {
                let (text, radix) = (args.text(0)?, args.integer(1)?);
                match strings::to_integer(&text, &radix) {
                    Some(value) => thrown(Word::Integer(value), false),
                    None => {
                        thrown(Word::string(&format!("{text:?} can not be converted to an Integer")), true)
                    }
                }
            }
            Entry::float_box => word(Word::Float(args.float(0)?)),
            Entry::float_mod => float(args.float(0)? % args.float(1)?),
            Entry::float_equals => flag(numbers::float_equals(args.float(0)?, args.float(1)?)),
            Entry::float_floor => float(args.float(0)?.floor()),
            Entry::float_ceil => float(args.float(0)?.ceil()),
            Entry::float_round => float(numbers::float_round(args.float(0)?, &args.integer(1)?)),
            Entry::float_is_nan => flag(args.float(0)?.is_nan()),
            Entry::float_is_infinite => flag(args.float(0)?.is_infinite()),
            Entry::float_to_bits => integer(args.float(0)?.to_bits()),
            Entry::float_to_integer => integer(numbers::float_to_integer(args.float(0)?)?),
            Entry::float_to_string => string(&numbers::float_to_string(args.float(0)?)),
            Entry::string_to_float => match args.text(0)?.parse::<f64>() {
                Ok(value) => thrown(Word::Float(value), false),
                Err(_) => thrown(
                    Word::string(&format!("{:?} can not be converted to a Float", args.text(0)?)),
                    true,
                ),
            },
            Entry::string_length => integer(args.text(0)?.chars().count()),
            Entry::string_byte => integer(strings::byte(&args.text(0)?, &args.integer(1)?)?),
            Entry::string_equals => flag(args.text(0)? == args.text(1)?),
            Entry::string_concat => string(&format!("{}{}", args.text(0)?, args.text(1)?)),
            Entry::string_concat_array => {
                let mut text = String::new();
                for part in self.elements(&args.object(0)?)? {
                    let Word::String(part) = part else { return Err(bug("a string")) };
                    text.push_str(&part);
                }
                string(&text)
            }
            Entry::string_slice => {
                string(&strings::slice(&args.text(0)?, &args.integer(1)?, &args.integer(2)?)?)
            }
            Entry::string_slice_bytes => {
                let text = args.text(0)?;
                let range = strings::range(&args.integer(1)?, &args.integer(2)?, text.len())?;
                word(Word::bytes(text.as_bytes()[range].to_vec()))
            }
            Entry::string_find => {
                let found = strings::find(&args.text(0)?, &args.text(1)?, &args.integer(2)?);
                integer(found.map_or(-1, |offset| offset as i64))
            }
            Entry::string_has => {
                let (text, other) = (args.text(0)?, args.text(1)?);
                let rest = strings::from(&text, &args.integer(2)?);
                flag(rest.is_some_and(|rest| rest.starts_with(other.as_bytes())))
            }
            Entry::string_to_lower => string(&args.text(0)?.to_lowercase()),
            Entry::string_to_upper => string(&args.text(0)?.to_uppercase()),
            Entry::string_to_byte_array => word(Word::bytes(args.text(0)?.as_bytes().to_vec())),
            Entry::string_format_debug => string(&strings::debug(&args.text(0)?)),
            Entry::random_incremental_integer => {
                self.counter += 1;
                integer(self.counter)
            }
            Entry::hasher_new | Entry::hasher_write | Entry::hasher_to_hash => self.hash(entry, &args),
            Entry::hash_of => {
                let hasher = self.hash(Entry::hasher_new, &args)?.unwrap_or_default();
                let written = Args(hasher.iter().cloned().chain([args.0[2].clone()]).collect());
                self.hash(Entry::hasher_write, &written)?;
                self.hash(Entry::hasher_to_hash, &written)
            }
            Entry::generator_new
            | Entry::generator_resume
            | Entry::generator_value
            | Entry::generator_yield => self.generator(entry, &args),
            Entry::time_monotonic => float(self.start.elapsed().as_secs_f64()),
            Entry::time_system => {
                let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
                let seconds = now.map_or(0.0, |now| now.as_secs_f64());
                word(Word::array(vec![Word::Float(seconds), Word::integer(0)]))
            }
            Entry::stdout_write_string => self.print(Stream::Out, args.text(0)?.as_bytes()),
            Entry::stderr_write_string => self.print(Stream::Err, args.text(0)?.as_bytes()),
            Entry::stdout_write_bytes | Entry::stderr_write_bytes => {
                let object = args.object(0)?;
                let Body::Bytes(bytes) = &object.body else { return Err(bug("bytes")) };
                let stream = if entry == Entry::stdout_write_bytes { Stream::Out } else { Stream::Err };
                let bytes = bytes.borrow();
                self.print(stream, &bytes)
            }
            Entry::stdout_takes | Entry::stderr_takes => flag(true),
            Entry::stdout_flush | Entry::stderr_flush => thrown(Word::Nil, false),
            _ => self.other_entry(entry, &args),
        }
    }

    /// The collections and processes.
    fn other_entry(&mut self, entry: Entry, args: &Args) -> Result<Results> {
        match entry {
            Entry::array_new => word(Word::array(Vec::new())),
            Entry::array_filled => {
                let amount = usize::try_from(&args.integer(0)?).map_err(|_| bug("an amount"))?;
                word(Word::array(vec![args.word(1); amount]))
            }
            Entry::array_get => word(array_get(&args.object(0)?, self.index(args)?)?),
            Entry::array_set => {
                self.array_set(&args.object(0)?, self.index(args)?, args.word(2))?;
                word(args.word(2))
            }
            Entry::array_push => {
                let object = args.object(0)?;
                let length = self.elements(&object)?.len();
                self.array_set(&object, length as i64, args.word(1))?;
                word(args.word(1))
            }
            Entry::array_pop | Entry::array_remove | Entry::array_clear => {
                let object = args.object(0)?;
                self.thaw(&object)?;
                let Body::Array(elements) = &object.body else { return Err(bug("an array")) };
                match entry {
                    Entry::array_pop => word(elements.borrow_mut().pop().unwrap_or(Word::Undefined)),
                    Entry::array_clear => {
                        elements.borrow_mut().clear();
                        nothing()
                    }
                    _ => {
                        let index = self.index(args)?;
                        array_get(&object, index)?;
                        word(elements.borrow_mut().remove(index as usize))
                    }
                }
            }
            Entry::array_find => {
                word(array_get(&args.object(0)?, self.index(args)?).unwrap_or(Word::Undefined))
            }
            Entry::byte_array_from_array
            | Entry::byte_array_filled
            | Entry::byte_array_to_string
            | Entry::byte_array_drain_to_string
            | Entry::byte_array_equals
            | Entry::byte_array_slice
            | Entry::byte_array_get
            | Entry::byte_array_find
            | Entry::byte_array_set
            | Entry::byte_array_remove
            | Entry::byte_array_clear => self.bytes(entry, args),
            Entry::process_current => word(self.process.clone()),
            Entry::process_identifier => integer(1),
            Entry::process_send => {
                let object = args.object(0)?;
                let Body::Process(mailbox) = &object.body else { return Err(bug("a process")) };
                mailbox.borrow_mut().push_back(args.word(1));
                word(args.word(1))
            }
            Entry::process_receive => {
                let timeout = args.float(0)?;
                let Word::Object(object) = &self.process else { return Err(bug("a process")) };
                let Body::Process(mailbox) = &object.body else { return Err(bug("a process")) };
                let message = mailbox.borrow_mut().pop_front();
                match message {
                    Some(message) => thrown(message, false),
                    None if timeout > 0.0 => {
                        std::thread::sleep(std::time::Duration::from_secs_f64(timeout));
                        thrown(Word::string("The timeout expired"), true)
                    }
                    None => Err(Stop::Unsupported("waiting for a message that nobody can send".to_owned())),
                }
            }
            Entry::process_suspend => {
                std::thread::sleep(std::time::Duration::from_secs_f64(args.float(0)?.max(0.0)));
                nothing()
            }
            Entry::process_terminate => Err(Stop::Exit(0)),
            Entry::process_set_blocking => {
                let new = args.flag(0)?;
                flag(!self.pinned && std::mem::replace(&mut self.blocking, new) != new)
            }
            Entry::process_set_pinned => {
                let new = args.flag(0)?;
                flag(!std::mem::replace(&mut self.pinned, new) && new)
            }
            Entry::process_stacktrace => {
                let size = |index| args.integer(index).map(|value| usize::try_from(&value).unwrap_or(0));
                let (limit, skip) = (size(0)?, size(1)?);
                let mut trace = self.trace();
                trace.truncate(trace.len().saturating_sub(skip));
                if limit > 0 {
                    trace.drain(..trace.len().saturating_sub(limit));
                }
                let row = |(file, line, name): (inko_syntax::Name, u32, inko_syntax::Name)| {
                    Word::array(vec![Word::string(&file), Word::string(&name), Word::integer(line)])
                };
                word(Word::array(trace.into_iter().map(row).collect()))
            }
            _ => Err(Stop::Unsupported(entry.signature().name.to_owned())),
        }
    }

    fn arithmetic(&self, op: IntegerOp, args: &Args) -> Result<Results> {
        integer(numbers::integer(op, &args.integer(0)?, &args.integer(1)?)?)
    }

    fn print(&mut self, stream: Stream, bytes: &[u8]) -> Result<Results> {
        self.write(stream, bytes);
        thrown(Word::integer(bytes.len()), false)
    }

    /// Continues a non-local exit: in this frame if it waits in an invoke, else in its callers.
    fn pass_on(&mut self, home: Word, value: Word, exit: i64) -> Result<Results> {
        let frame = self.frame();
        let (function, block, index) = (frame.function, frame.block, frame.index);
        if index < self.function(function).blocks[block].insts.len() {
            self.pop_frame();
        }
        self.unwind(home, value, exit)?;
        Ok(None)
    }

    fn generator(&mut self, entry: Entry, args: &Args) -> Result<Results> {
        if entry == Entry::generator_new {
            return word(self.new_generator(&args.word(0))?);
        }
        if entry == Entry::generator_yield {
            let Some((base, object)) = self.generators.pop() else {
                return Err(Stop::Panic("yield can only be used in a generator".to_owned()));
            };
            let Body::Generator(generator) = &object.body else { return Err(bug("a generator")) };
            // The call of `yield` is over when the generator goes on.
            self.resume(Vec::new())?;
            let mut generator = generator.borrow_mut();
            generator.frames = self.frames.split_off(base);
            generator.value = args.word(0);
            generator.state = GeneratorState::Suspended;
            return thrown(Word::Bool(true), false);
        }
        let object = args.object(0)?;
        let Body::Generator(generator) = &object.body else { return Err(bug("a generator")) };
        if entry == Entry::generator_value {
            return word(generator.borrow().value.clone());
        }
        let mut generator = generator.borrow_mut();
        if generator.state != GeneratorState::Suspended {
            return Err(Stop::Panic("Finished generators can't be resumed".to_owned()));
        }
        generator.state = GeneratorState::Running;
        self.generators.push((self.frames.len(), object.clone()));
        self.frames.append(&mut generator.frames);
        Ok(None)
    }

    fn hash(&mut self, entry: Entry, args: &Args) -> Result<Results> {
        if entry == Entry::hasher_new {
            let mut bytes = Vec::new();
            for index in 0..2 {
                let key = args.integer(index)?;
                let key = u64::try_from(&key).map_err(|_| Stop::Panic(format!("{key} is no key")))?;
                bytes.extend(key.to_le_bytes());
            }
            return word(Word::object(Body::Hasher(bytes.into())));
        }
        let object = args.object(0)?;
        let Body::Hasher(bytes) = &object.body else { return Err(bug("a hasher")) };
        let mut bytes = bytes.borrow_mut();
        if entry == Entry::hasher_to_hash {
            let mut hasher = DefaultHasher::new();
            hasher.write(&bytes);
            return integer(hasher.finish() as i64);
        }
        match args.word(1) {
            Word::Integer(value) => bytes.extend(format!("i{value};").bytes()),
            Word::String(text) => bytes.extend(format!("s{}:{text}", text.len()).bytes()),
            Word::Float(value) => bytes.extend(format!("f{};", value.to_bits()).bytes()),
            Word::Object(object) => bytes.extend(format!("o{};", Rc::as_ptr(&object).addr()).bytes()),
            other => bytes.extend(format!("{other:?};").bytes()),
        }
        word(args.word(0))
    }
}
