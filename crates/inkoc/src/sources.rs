//! Files: the main program's text and the modules it imports, looked up in the standard library and then
//! in the include directories.
//!
//! The library's directory holds more than the library (in a checkout it is the root), so only modules whose
//! name begins with `std` are looked up there.

use crate::failure::Failure;
use inko_diagnostics::Diagnostic;
use inko_sema::{Advice, Loaded, Loader, ParsedModule};
use inko_syntax::ast::Module;
use inko_syntax::{FileId, Name, SourceMap};
use std::io::Read;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// The name of a main module that lies in no source directory.
const MAIN: &str = "main";
/// Spans are 32 bits wide.
const LARGEST: usize = u32::MAX as usize;

/// Reads and parses modules, and keeps their texts and syntax errors.
#[derive(Debug)]
pub struct Sources {
    includes: Vec<PathBuf>,
    library: PathBuf,
    /// The main module's file; for a text, one in the current directory.
    main: PathBuf,
    /// All texts read so far.
    pub map: SourceMap,
    /// The syntax errors found so far.
    pub diagnostics: Vec<Diagnostic>,
    /// The time spent on reading and parsing.
    pub elapsed: Duration,
}

impl Sources {
    /// Sources below `library/std`, and below the include directories in order of preference.
    pub fn new(includes: Vec<PathBuf>, library: PathBuf) -> Self {
        let (map, diagnostics, elapsed) = (SourceMap::default(), Vec::new(), Duration::ZERO);
        Self { includes, library, main: Path::new(MAIN).into(), map, diagnostics, elapsed }
    }

    /// The main module from a file.
    pub fn main_file(&mut self, path: &Path) -> Result<ParsedModule, Failure> {
        let text = std::fs::read(path).map_err(|error| {
            let hint = match error.kind() {
                std::io::ErrorKind::NotFound => "; is the path right?",
                _ => "",
            };
            Failure::Message(format!("{} can't be read: {}{hint}", path.display(), reason(&error)))
        })?;
        let text = utf8(text).map_err(|why| Failure::Message(format!("{} {why}", path.display())))?;
        let (file, module) = self.parse(&path.display().to_string(), text);
        self.main = path.into();
        let name = self.module_name(path).unwrap_or_else(|| MAIN.into());
        Ok(ParsedModule { name: name.into(), file, module })
    }

    /// The main module from standard input.
    pub fn main_stream(&mut self) -> Result<ParsedModule, Failure> {
        let mut bytes = Vec::new();
        let read = std::io::stdin().lock().read_to_end(&mut bytes);
        read.map_err(|error| Failure::Message(format!("standard input can't be read: {error}")))?;
        let text = utf8(bytes).map_err(|why| Failure::Message(format!("standard input {why}")))?;
        Ok(self.main_text("main.inko", &text))
    }

    /// The main module from a text, which diagnostics call `path`.
    pub fn main_text(&mut self, path: &str, text: &str) -> ParsedModule {
        let (file, module) = self.parse(path, text.into());
        ParsedModule { name: MAIN.into(), file, module }
    }

    fn parse(&mut self, path: &str, text: String) -> (FileId, Module) {
        let start = Instant::now();
        let file = self.map.add(path, text);
        let parsed = inko_syntax::parse(file, &self.map.file(file).text().clone());
        let found = parsed.errors.iter().chain(&parsed.warnings);
        self.diagnostics.extend(found.map(inko_diagnostics::syntax));
        self.elapsed += start.elapsed();
        (file, parsed.module)
    }

    /// The module name of a file that lies in a source directory.
    fn module_name(&self, path: &Path) -> Option<String> {
        let path = path.canonicalize().ok()?;
        let name_below = |directory: &Path| {
            let relative = path.strip_prefix(directory.canonicalize().ok()?).ok()?.with_extension("");
            let segments: Option<Vec<&str>> = relative.iter().map(|segment| segment.to_str()).collect();
            Some(segments?.join("::"))
        };
        let of_library = name_below(&self.library).filter(|name| is_std(name));
        of_library.or_else(|| self.includes.iter().find_map(|directory| name_below(directory)))
    }
}

/// The file of a module, seen from a source directory.
fn file_of(name: &str) -> String {
    format!("{}.inko", name.replace("::", "/"))
}

/// Whether a module belongs to the standard library.
fn is_std(name: &str) -> bool {
    name.starts_with("std::")
}

impl Loader for Sources {
    fn load(&mut self, name: &str) -> Loaded {
        let relative = file_of(name);
        let library = is_std(name).then_some(&self.library);
        for directory in library.into_iter().chain(&self.includes) {
            let path = directory.join(&relative);
            match std::fs::read(&path) {
                Ok(bytes) => match utf8(bytes) {
                    Ok(text) => {
                        let (file, module) = self.parse(&path.display().to_string(), text);
                        return Loaded::Module(file, module);
                    }
                    Err(why) => return Loaded::Unreadable(format!("{} {why}", path.display())),
                },
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
                Err(error) if error.kind() == std::io::ErrorKind::NotADirectory => {}
                Err(error) => {
                    return Loaded::Unreadable(format!("{}: {}", path.display(), reason(&error)));
                }
            }
        }
        Loaded::Missing
    }

    fn advise(&self, name: &str) -> Advice {
        let (parent, _) = name.rsplit_once("::").unwrap_or(("", name));
        let library = is_std(name).then_some(&self.library);
        let searched = library.into_iter().chain(&self.includes);
        let neighbours = searched.clone().flat_map(|directory| modules(directory, parent)).collect();
        let below = searched.flat_map(|directory| modules(directory, name)).collect();
        let file = file_of(name);
        let remedy = if is_std(name) {
            None
        } else if let Some(directory) = holder(&self.main, &file) {
            Some(format!("compile with `--include {}`, which holds `{file}`", directory.display()))
        } else {
            Some(format!("name the directory that holds `{file}` with `--include`"))
        };
        Advice { neighbours, below, remedy }
    }
}

/// The full names of the modules directly below `parent` in a source directory, in no order.
fn modules(directory: &Path, parent: &str) -> Vec<Name> {
    let Ok(entries) = std::fs::read_dir(directory.join(parent.replace("::", "/"))) else { return Vec::new() };
    let files = entries.filter_map(|entry| Some(PathBuf::from(entry.ok()?.file_name())));
    files
        .filter(|file| file.extension().is_some_and(|extension| extension == "inko"))
        .filter_map(|file| file.file_stem()?.to_str().map(str::to_owned))
        .map(|stem| if parent.is_empty() { stem.into() } else { format!("{parent}::{stem}").into() })
        .collect()
}

/// The innermost directory above the main module's file that holds the file of a module.
fn holder<'p>(main: &'p Path, file: &str) -> Option<&'p Path> {
    let here = |path: &'p Path| if path.as_os_str().is_empty() { Path::new(".") } else { path };
    main.ancestors().skip(1).map(here).find(|directory| directory.join(file).is_file())
}

fn utf8(bytes: Vec<u8>) -> Result<String, String> {
    if bytes.len() > LARGEST {
        return Err("is larger than 4 GiB".into());
    }
    String::from_utf8(bytes).map_err(|error| {
        format!("isn't UTF-8 text: the byte at offset {} is invalid", error.utf8_error().valid_up_to())
    })
}

/// The message of an I/O error without its number.
fn reason(error: &std::io::Error) -> String {
    match error.kind() {
        std::io::ErrorKind::NotFound => "there is no such file".into(),
        std::io::ErrorKind::PermissionDenied => "permission denied".into(),
        std::io::ErrorKind::IsADirectory => "it is a directory".into(),
        _ => error.to_string(),
    }
}
