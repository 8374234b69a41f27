//! `ssr-host precompress DIR`: compressed neighbours for static files at build time, with a bar that shows how far it is.
//!
//! The work is `edge::precompress`'s. The bar is drawn on stderr when that is a terminal, the summary goes to stdout.

use std::path::Path;
use std::process::ExitCode;

use edge::precompress::{Options, Plan, Summary};
use indicatif::{HumanBytes, ProgressBar, ProgressStyle};

/// Bar by bytes: files differ too much in size to count them.
const STYLE: &str = "{bar:40} {bytes}/{total_bytes} {wide_msg}";

/// Makes the neighbours of the files below `directory` and prints one line.
///
/// # Errors
/// When `directory` is none, or a line for each file that failed.
pub fn run(directory: &Path, options: Options) -> anyhow::Result<ExitCode> {
    let plan = Plan::new(directory, options)?;
    // Hidden by itself when stderr is no terminal.
    let bar = ProgressBar::new(plan.size().1).with_style(ProgressStyle::with_template(STYLE)?);
    let outcome = plan.run(|path, bytes| {
        bar.set_message(path.strip_prefix(directory).unwrap_or(path).display().to_string());
        bar.inc(bytes);
    });
    bar.finish_and_clear();
    println!("{}", line(&outcome?));
    Ok(ExitCode::SUCCESS)
}

fn line(summary: &Summary) -> String {
    let Summary { files, made, up_to_date, not_smaller, bytes } = summary;
    let sizes = bytes.iter().filter(|(_, before, _)| *before > 0);
    let sizes: Vec<_> =
        sizes.map(|(encoding, before, after)| format!("{encoding} {} → {}", HumanBytes(*before), HumanBytes(*after))).collect();
    let sizes = if sizes.is_empty() { String::new() } else { format!(" ({})", sizes.join(", ")) };
    format!("{files} files worth compressing: {made} made{sizes}, {up_to_date} up to date, {not_smaller} would not be smaller")
}

#[cfg(test)]
mod tests {
    use edge::compression::Encoding;

    use super::*;

    #[test]
    fn sums_up_in_one_line() {
        let mut summary = Summary { files: 3, up_to_date: 9, ..Summary::default() };
        assert_eq!(line(&summary), "3 files worth compressing: 0 made, 9 up to date, 0 would not be smaller");
        summary = Summary {
            files: 2,
            made: 3,
            up_to_date: 0,
            not_smaller: 3,
            bytes: vec![(Encoding::Brotli, 4096, 1024), (Encoding::Zstd, 2048, 1000), (Encoding::Gzip, 0, 0)],
        };
        assert_eq!(
            line(&summary),
            "2 files worth compressing: 3 made (br 4.00 KiB → 1.00 KiB, zstd 2.00 KiB → 1000 B), 0 up to date, 3 would not be smaller"
        );
    }
}
