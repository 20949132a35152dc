//! `cerulean import` and `cerulean export`.

use std::ffi::OsStr;
use std::fs::{DirBuilder, File, OpenOptions};
use std::io::{self, BufWriter, IsTerminal, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Component, Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::{Context, anyhow, bail, ensure};
use cerulean_config::Config;
use cerulean_transfer::{
    ExportEvent, ExportOptions, ExportReport, ImportEvent, ImportOptions, ImportReport, Part, Tally,
};
use cerulean_types::AppSlug;
use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};
use serde::{Deserialize, Serialize};
use tokio::sync::mpsc;

use super::output::{Form, table};
use super::{DataLock, OpenData, control};

pub(crate) const IMPORT_HELP: &str = "\
Examples:
  cerulean import --app shop dump.jsonl --dry-run    checks every line and writes nothing
  cerulean import --app shop dump.jsonl              killed or stopped, the same command goes on where it was

The format, and scripts that make it from other systems, are in docs/operations/import-format.md. A running server
reads the file itself, so it must be able to.

Exit status: 0 when every line was let in, 3 when lines were rejected.";
pub(crate) const EXPORT_HELP: &str = "\
Examples:
  cerulean export --app shop --out shop.jsonl
  cerulean export --app shop --out shop.jsonl --files      the files as well, into shop.jsonl.files
  cerulean export --app shop --out users.jsonl --only users --with-password-hashes
  cerulean export --app shop --out - --since 1767225600000 | zstd > since.jsonl.zst

Neither dump nor files are encrypted: they hold every message, phone number and address as plain text.";

/// Where there is no terminal, progress is told so often.
const TELL_EVERY: Duration = Duration::from_secs(10);

/// What to import.
#[derive(Debug, Args)]
pub struct ImportArgs {
    /// Public name of the app, which must exist
    #[arg(long, short)]
    app: String,
    /// The dump
    file: PathBuf,
    /// Checks everything and writes nothing
    #[arg(long)]
    dry_run: bool,
    /// A user whose name is taken in the app stands for the one who has it; otherwise he is rejected
    #[arg(long)]
    link_by_name: bool,
    /// Where rejected lines go, with the reasons [default: beside the dump, with .rejected added]
    #[arg(long, value_name = "FILE")]
    rejected: Option<PathBuf>,
    /// Form of the result.
    #[command(flatten)]
    form: Form,
}

/// What to export.
#[derive(Debug, Args)]
pub struct ExportArgs {
    /// Public name of the app
    #[arg(long, short)]
    app: String,
    /// File to write, which must not exist yet; - for standard output
    #[arg(long, short, value_name = "FILE")]
    out: PathBuf,
    /// Only these parts, separated by commas: users, rosters, groups, messages [default: all]
    #[arg(long, value_delimiter = ',', value_parser = parse_part)]
    only: Vec<Part>,
    /// Only messages from this moment on, in milliseconds since 1970; everything else is whole
    #[arg(long, value_name = "MILLISECONDS")]
    since: Option<i64>,
    /// Writes the hashes of passwords as well, so that people can sign in as before; guard the file
    #[arg(long)]
    with_password_hashes: bool,
    /// Writes the files of messages and groups as well, into a folder beside the dump with .files added to its name
    #[arg(long)]
    files: bool,
    /// Form of the result.
    #[command(flatten)]
    form: Form,
}

fn parse_part(name: &str) -> Result<Part, String> {
    Part::parse(name).ok_or_else(|| "expected users, rosters, groups or messages".to_owned())
}

/// What may be asked of a server.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum TransferCommand {
    Import { app: String, file: PathBuf, is_dry: bool, links_by_name: bool },
    Export { app: String, options: ExportOptions },
}

/// What happens on the way; the last one is the outcome.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Happening {
    Progress {
        bytes: u64,
        of: u64,
        lines: u64,
    },
    Rejected {
        line: u64,
        reason: String,
        text: String,
    },
    Lines {
        bytes: usize,
        #[serde(skip)]
        text: Vec<u8>,
    },
    File {
        path: String,
        bytes: usize,
        #[serde(skip)]
        text: Vec<u8>,
    },
    Imported(ImportReport),
    Exported(ExportReport),
    Failed(String),
}

impl Happening {
    /// The bytes that travel behind its line.
    pub(crate) fn take_bytes(&mut self) -> Vec<u8> {
        match self {
            Self::Lines { text, .. } | Self::File { text, .. } => std::mem::take(text),
            _ => Vec::new(),
        }
    }
}

impl From<ImportEvent> for Happening {
    fn from(event: ImportEvent) -> Self {
        match event {
            ImportEvent::Progress { bytes, of, lines } => Self::Progress { bytes, of, lines },
            ImportEvent::Rejected { line, reason, text } => {
                Self::Rejected { line, reason, text: String::from_utf8_lossy(&text).into_owned() }
            }
        }
    }
}

impl From<ExportEvent> for Happening {
    fn from(event: ExportEvent) -> Self {
        match event {
            ExportEvent::Lines(text) => Self::Lines { bytes: text.len(), text },
            ExportEvent::File { path, piece } => Self::File { path, bytes: piece.len(), text: piece },
        }
    }
}

/// Carries a command out on open data and tells what happens, the outcome last.
pub(crate) async fn perform_here(data: &OpenData, command: TransferCommand, told: mpsc::Sender<Happening>) {
    let outcome = match command {
        TransferCommand::Import { app, file, is_dry, links_by_name } => {
            let options = ImportOptions { file, is_dry, links_by_name };
            let (sender, events) = mpsc::channel(64);
            let importing = async {
                let app = find_app(data, &app).await?;
                Ok(Happening::Imported(data.transfer.import(app, options, sender).await?))
            };
            tokio::join!(importing, forward(events, &told)).0
        }
        TransferCommand::Export { app, options } => {
            let (sender, events) = mpsc::channel(4);
            let exporting = async {
                let app = find_app(data, &app).await?;
                Ok(Happening::Exported(data.transfer.export(app, options, sender).await?))
            };
            tokio::join!(exporting, forward(events, &told)).0
        }
    };
    let outcome = outcome.unwrap_or_else(|error: anyhow::Error| Happening::Failed(format!("{error:#}")));
    let _ = told.send(outcome).await;
}

async fn forward<E: Into<Happening>>(mut events: mpsc::Receiver<E>, told: &mpsc::Sender<Happening>) {
    while let Some(event) = events.recv().await {
        if told.send(event.into()).await.is_err() {
            return;
        }
    }
}

async fn find_app(data: &OpenData, name: &str) -> anyhow::Result<cerulean_types::AppId> {
    let unknown = || anyhow!("there is no app named {name}: `cerulean app create --name {name}` makes it");
    let slug = AppSlug::parse(name).ok().with_context(unknown)?;
    data.platform.find_app(&slug).await?.with_context(unknown)
}

/// By the server that runs on the data folder, or here. `each` takes what happens before the outcome.
async fn perform(
    settings: &Config,
    command: TransferCommand,
    mut each: impl FnMut(Happening) -> anyhow::Result<()>,
) -> anyhow::Result<Happening> {
    if let Some(happenings) = control::begin_transfer(&settings.data.folder, &command).await? {
        return take_all(happenings, &mut each).await;
    }
    let lock = DataLock::take(&settings.data.folder)?;
    let data = OpenData::open(settings, &lock).await?;
    let (sender, happenings) = mpsc::channel(4);
    let ((), outcome) = tokio::join!(perform_here(&data, command, sender), take_all(happenings, &mut each));
    data.platform.close().await;
    outcome
}

async fn take_all(
    mut happenings: mpsc::Receiver<Happening>,
    each: &mut impl FnMut(Happening) -> anyhow::Result<()>,
) -> anyhow::Result<Happening> {
    while let Some(happening) = happenings.recv().await {
        match happening {
            Happening::Failed(reason) => bail!(reason),
            outcome @ (Happening::Imported(_) | Happening::Exported(_)) => return Ok(outcome),
            other => each(other)?,
        }
    }
    bail!("the running server ended before the outcome: run the same command again, it goes on where it was")
}

/// `cerulean import`. Answers whether every line was let in.
pub(crate) async fn import(args: ImportArgs, settings: &Config) -> anyhow::Result<bool> {
    let file = args.file.canonicalize().with_context(|| format!("cannot read {}", args.file.display()))?;
    let beside = || {
        let mut name = file.clone().into_os_string();
        name.push(".rejected");
        PathBuf::from(name)
    };
    let mut rejects = Rejects { file: args.rejected.unwrap_or_else(beside), out: None, first: Vec::new(), count: 0 };
    let mut shown = Shown::new();
    let command =
        TransferCommand::Import { app: args.app, file, is_dry: args.dry_run, links_by_name: args.link_by_name };
    let outcome = perform(settings, command, |happening| {
        match happening {
            Happening::Progress { bytes, of, lines } => shown.show(bytes, of, lines),
            Happening::Rejected { line, reason, text } => rejects.take(line, &reason, &text)?,
            _ => {}
        }
        Ok(())
    })
    .await;
    let seconds = shown.end();
    rejects.end()?;
    let Happening::Imported(report) = outcome? else { bail!("unexpected answer") };
    args.form.print(&report, |report| describe_import(report, seconds, &rejects));
    Ok(rejects.count == 0)
}

/// Lines that were not let in, with the reasons, in a file.
struct Rejects {
    file: PathBuf,
    out: Option<BufWriter<File>>,
    first: Vec<String>,
    count: u64,
}

impl Rejects {
    fn take(&mut self, line: u64, reason: &str, text: &str) -> anyhow::Result<()> {
        self.count += 1;
        if self.first.len() < 10 {
            self.first.push(format!("line {line}: {reason}"));
        }
        let cannot_write = || format!("cannot write {}", self.file.display());
        if self.out.is_none() {
            self.out = Some(BufWriter::new(create_private(&self.file, true).with_context(cannot_write)?));
        }
        let out = self.out.as_mut().expect("just opened");
        let reject = serde_json::json!({ "line": line, "reason": reason, "text": text });
        writeln!(out, "{reject}").with_context(cannot_write)
    }

    fn end(&mut self) -> anyhow::Result<()> {
        match &mut self.out {
            Some(out) => out.flush().with_context(|| format!("cannot write {}", self.file.display())),
            None => Ok(()),
        }
    }
}

fn create_private(file: &Path, may_exist: bool) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).mode(0o600);
    if may_exist {
        options.create(true).truncate(true)
    } else {
        options.create_new(true)
    };
    options.open(file)
}

/// Progress: a bar on a terminal, now and then a line elsewhere.
struct Shown {
    bar: Option<ProgressBar>,
    started: Instant,
    told: Instant,
}

impl Shown {
    fn new() -> Self {
        let bar = io::stderr().is_terminal().then(|| {
            let bar = ProgressBar::new(0);
            let style = ProgressStyle::with_template("{bar:30} {percent:>3} %  {msg}  {eta} left");
            bar.with_style(style.expect("the template is well formed"))
        });
        Self { bar, started: Instant::now(), told: Instant::now() }
    }

    #[expect(clippy::print_stderr, reason = "progress is for people")]
    fn show(&mut self, bytes: u64, of: u64, lines: u64) {
        let text = format!("{lines} lines");
        if let Some(bar) = &self.bar {
            bar.set_length(of);
            bar.set_position(bytes);
            bar.set_message(text);
        } else if self.told.elapsed() >= TELL_EVERY {
            self.told = Instant::now();
            eprintln!("{} % of the file, {text}, {} s", bytes * 100 / of.max(1), self.started.elapsed().as_secs());
        }
    }

    fn end(self) -> f64 {
        if let Some(bar) = self.bar {
            bar.finish_and_clear();
        }
        self.started.elapsed().as_secs_f64()
    }
}

fn describe_import(report: &ImportReport, seconds: f64, rejects: &Rejects) -> String {
    let row = |(word, tally): (&String, &Tally)| {
        let Tally { imported, repeated, rejected } = tally;
        [word.clone(), imported.to_string(), repeated.to_string(), rejected.to_string()]
    };
    let rows: Vec<_> = report.types.iter().map(row).collect();
    let mut text = table(["TYPE", "IMPORTED", "THERE BEFORE", "REJECTED"], &rows);
    let lines: u64 = report.types.values().map(|tally| tally.imported + tally.repeated + tally.rejected).sum();
    text += &format!("\n{lines} lines in {seconds:.1} s\n");
    if report.is_dry {
        text += "This was a dry run: nothing was written.\n";
    }
    if report.resumed_after_line > 0 {
        text += &format!("Went on after line {}, where the run before had stopped.\n", report.resumed_after_line);
    }
    if rejects.count > 0 {
        text += &format!("\n{} lines were rejected; they are in {}\n", rejects.count, rejects.file.display());
        for first in &rejects.first {
            text += &format!("  {first}\n");
        }
    }
    text
}

/// `cerulean export`.
pub(crate) async fn export(args: ExportArgs, settings: &Config) -> anyhow::Result<()> {
    let is_stdout = args.out.as_os_str() == "-";
    let mut written = Written::begin(&args.out, is_stdout, args.files)?;
    let parts = if args.only.is_empty() { Part::ALL.to_vec() } else { args.only };
    let options = ExportOptions {
        parts: parts.into_iter().collect(),
        since: args.since,
        with_password_hashes: args.with_password_hashes,
        files_folder: written.files_folder(),
    };
    let started = Instant::now();
    let command = TransferCommand::Export { app: args.app, options };
    let outcome = perform(settings, command, |happening| written.take(happening)).await;
    let outcome = match outcome.and_then(|outcome| written.end().map(|()| outcome)) {
        Ok(outcome) => outcome,
        Err(error) => {
            written.remove();
            return Err(error);
        }
    };
    let Happening::Exported(report) = outcome else { bail!("unexpected answer") };
    if !is_stdout {
        args.form.print(&report, |report| describe_export(report, started.elapsed()));
    }
    Ok(())
}

/// An export on its way to the disk.
struct Written {
    out: Box<dyn Write>,
    /// The dump; nothing when it goes to standard output.
    dump: Option<PathBuf>,
    /// The folder of files, when they go along.
    folder: Option<PathBuf>,
    /// The file whose pieces come.
    file: Option<(String, BufWriter<File>)>,
}

impl Written {
    fn begin(out: &Path, is_stdout: bool, has_files: bool) -> anyhow::Result<Self> {
        if is_stdout {
            ensure!(!has_files, "files lie beside the dump, so --files needs a file to write: --out FILE");
            return Ok(Self { out: Box::new(io::stdout().lock()), dump: None, folder: None, file: None });
        }
        let has_name = out.file_name().and_then(OsStr::to_str).is_some();
        ensure!(!has_files || has_name, "the dump names its files, so its own name must be UTF-8");
        let cannot_make = |path: &Path| format!("cannot make {}", path.display());
        let dump = create_private(out, false).with_context(|| cannot_make(out))?;
        let mut written =
            Self { out: Box::new(BufWriter::new(dump)), dump: Some(out.to_owned()), folder: None, file: None };
        if has_files {
            let mut name = out.as_os_str().to_owned();
            name.push(".files");
            let folder = PathBuf::from(name);
            if let Err(error) = DirBuilder::new().mode(0o700).create(&folder) {
                written.remove();
                return Err(error).with_context(|| cannot_make(&folder));
            }
            written.folder = Some(folder);
        }
        Ok(written)
    }

    /// What lines call the folder of files.
    fn files_folder(&self) -> Option<String> {
        let name = self.folder.as_deref()?.file_name()?;
        Some(name.to_string_lossy().into_owned())
    }

    fn take(&mut self, happening: Happening) -> anyhow::Result<()> {
        match happening {
            Happening::Lines { text, .. } => self.out.write_all(&text).context("cannot write the export"),
            Happening::File { path, text, .. } => {
                self.take_piece(&path, &text).with_context(|| format!("cannot write {path}"))
            }
            _ => Ok(()),
        }
    }

    fn take_piece(&mut self, path: &str, piece: &[u8]) -> anyhow::Result<()> {
        if self.file.as_ref().is_none_or(|(current, _)| current != path) {
            self.end_file()?;
            let relative = Path::new(path);
            let is_inside = relative.components().all(|part| matches!(part, Component::Normal(_)));
            ensure!(is_inside, "it is no path below the dump");
            let beside = self.dump.as_deref().and_then(Path::parent).unwrap_or(Path::new(""));
            let place = beside.join(relative);
            if let Some(folder) = place.parent() {
                DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
            }
            self.file = Some((path.to_owned(), BufWriter::new(create_private(&place, false)?)));
        }
        let (_, file) = self.file.as_mut().expect("just opened");
        Ok(file.write_all(piece)?)
    }

    fn end_file(&mut self) -> io::Result<()> {
        self.file.take().map_or(Ok(()), |(_, mut file)| file.flush())
    }

    fn end(&mut self) -> anyhow::Result<()> {
        self.end_file().and_then(|()| self.out.flush()).context("cannot write the export")
    }

    /// Half an export is none.
    fn remove(&mut self) {
        if let Some(dump) = &self.dump {
            let _ = std::fs::remove_file(dump);
        }
        if let Some(folder) = &self.folder {
            let _ = std::fs::remove_dir_all(folder);
        }
    }
}

fn describe_export(report: &ExportReport, took: Duration) -> String {
    let rows: Vec<_> = report.types.iter().map(|(word, count)| [word.clone(), count.to_string()]).collect();
    let mut text = table(["TYPE", "LINES"], &rows);
    if report.files > 0 {
        text += &format!("\n{} files\n", report.files);
    }
    if report.missing_files > 0 {
        text += &format!(
            "\n{} files could not be read any more: the server's log says why; their addresses stand in the dump\n",
            report.missing_files
        );
    }
    text + &format!("\n{:.1} s\n", took.as_secs_f64())
}
