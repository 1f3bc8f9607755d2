//! Colours and progress, which belong on a terminal and nowhere else.

use std::io::{IsTerminal, Write, stderr, stdout};

/// Whether to colour.
#[derive(Clone, Copy)]
pub struct Style {
    colours: bool,
}

/// For the standard output.
pub fn results() -> Style {
    Style { colours: colours(stdout().is_terminal(), std::env::var_os("NO_COLOR").as_deref()) }
}

/// For the standard error.
pub fn errors() -> Style {
    Style { colours: colours(stderr().is_terminal(), std::env::var_os("NO_COLOR").as_deref()) }
}

/// <https://no-color.org>: set to anything but the empty string, the variable turns colours off.
fn colours(is_terminal: bool, no_color: Option<&std::ffi::OsStr>) -> bool {
    is_terminal && no_color.is_none_or(|value| value.is_empty())
}

impl Style {
    fn paint(self, code: &str, text: &str) -> String {
        if self.colours { format!("\x1b[{code}m{text}\x1b[0m") } else { text.to_string() }
    }

    /// What to look at first.
    pub fn bold(self, text: &str) -> String {
        self.paint("1", text)
    }

    /// What to look at last.
    pub fn dim(self, text: &str) -> String {
        self.paint("2", text)
    }

    /// What is wrong.
    pub fn red(self, text: &str) -> String {
        self.paint("31", text)
    }
}

/// A line on the terminal that says how far the work is, and is gone when it is dropped.
pub struct Progress {
    shown: bool,
}

impl Progress {
    /// Nothing is shown unless the standard error is a terminal.
    pub fn start(what: &str) -> Progress {
        let shown = stderr().is_terminal();
        let progress = Progress { shown };
        progress.say(what);
        progress
    }

    fn say(&self, what: &str) {
        if self.shown {
            // A terminal that cannot be written to is no reason to stop.
            let _ = write!(stderr(), "\r\x1b[K{what}");
            let _ = stderr().flush();
        }
    }

    /// So many of so many are done.
    pub fn step(&self, done: usize, of: usize, what: &str) {
        const WIDTH: usize = 24;
        let filled = (done * WIDTH).checked_div(of).unwrap_or(WIDTH).min(WIDTH);
        self.say(&format!("[{}{}] {done}/{of} {what}", "#".repeat(filled), ".".repeat(WIDTH - filled)));
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.say("");
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::ffi::OsStr;

    #[test]
    fn colours_need_a_terminal_and_nobody_against_them() {
        assert!(colours(true, None) && colours(true, Some(OsStr::new(""))));
        assert!(!colours(true, Some(OsStr::new("1"))) && !colours(false, None));
        assert_eq!(Style { colours: true }.bold("x"), "\x1b[1mx\x1b[0m");
        assert_eq!(Style { colours: false }.red("x"), "x");
    }
}
