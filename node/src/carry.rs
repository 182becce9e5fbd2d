//! Files that people carry between offices: read from a path or a pasted line, written to a path or to the terminal.

use std::{fs, path::Path};

use crate::{Hinted, print};

/// What a person gave: the content of a file, or the line of text itself.
pub(crate) fn given(file_or_line: &str) -> anyhow::Result<Vec<u8>> {
    if file_or_line.starts_with("simpul-") && file_or_line.contains(':') && !Path::new(file_or_line).exists() {
        return Ok(file_or_line.as_bytes().to_vec());
    }
    read(Path::new(file_or_line))
}

/// The content of a file that people carry.
pub(crate) fn read(file: &Path) -> anyhow::Result<Vec<u8>> {
    read_up_to(file, service::CARRIED_BYTES_MAX)
}

/// The content of a file that is no larger than such files are.
pub(crate) fn read_up_to(file: &Path, bytes_max: u64) -> anyhow::Result<Vec<u8>> {
    let bytes = fs::metadata(file).map_err(|error| cannot("read", file, &error))?.len();
    if bytes > bytes_max {
        return Err(Hinted::error(
            format!("{} is too large for such a file", file.display()),
            "check which file was meant",
        ));
    }
    fs::read(file).map_err(|error| cannot("read", file, &error))
}

/// Writes a file, or its line of text where the path is `-`.
pub(crate) fn write(out: &Path, file: &[u8], line: &str) -> anyhow::Result<()> {
    if out.as_os_str() == "-" {
        print::line(line);
        return Ok(());
    }
    fs::write(out, file).map_err(|error| cannot("write", out, &error))
}

/// A path that cannot be used, and what to do about it.
pub(crate) fn cannot(do_what: &str, path: &Path, error: &std::io::Error) -> anyhow::Error {
    let hint = "check the path, and that you may use it";
    Hinted::error(format!("cannot {do_what} {}: {error}", path.display()), hint)
}
