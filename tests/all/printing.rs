//! Printers against real ones: `ippeveprinter`, a CUPS of the test's own, and a port that takes ZPL; also away, slow,
//! refusing, out of paper, and with answers that never come.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use chrono::TimeZone;
use tempfile::TempDir;
use velkommen::devices::printer::zpl::{self, Density};
use velkommen::devices::printer::{Job, Printer, QueuePrinter, State, ipp};
use velkommen::documents::badge::{self, Badge, BadgeSize};
use velkommen::domain::language::Language;

/// On every badge here, and nowhere else.
const NEEDLE: &str = "Nålesen";
/// A loaded machine is slow; a test that waits this long has failed.
const PATIENCE: Duration = Duration::from_secs(30);

fn pdf(name: &str) -> Vec<u8> {
    let badge = Badge {
        organisation: "Lærkehøj".into(),
        name: format!("{name} {NEEDLE}"),
        company: None,
        host: None,
        signed_in_at: chrono_tz::Europe::Copenhagen.with_ymd_and_hms(2026, 3, 2, 9, 41, 0).unwrap(),
        code: "7Q4M2XKD".into(),
    };
    badge::render(&badge, Language::Da, BadgeSize::LABEL).unwrap()
}

type Heard = Receiver<Result<(), String>>;

fn print(printer: &dyn Printer, pdf: &[u8], key: &str, wanted_for: Duration) -> Heard {
    let (told, heard) = channel();
    let pdf = pdf.to_vec();
    let printed = Box::new(move |outcome| drop(told.send(outcome)));
    printer.print(Job { key: Some(key.to_owned()), wanted_for, ..Job::new("badge", Box::new(move || Ok(pdf)), printed) });
    heard
}

const DAY: Duration = Duration::from_secs(24 * 3600);

#[track_caller]
fn until(what: &str, is: impl Fn() -> bool) {
    let since = Instant::now();
    while !is() {
        assert!(since.elapsed() < PATIENCE, "not within {PATIENCE:?}: {what}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

#[track_caller]
fn comes_out(heard: &Heard) {
    heard.recv_timeout(PATIENCE).expect("it ends").expect("it comes out");
}

/// A server, killed with the test, with whatever it started, and also when the test is killed.
pub struct Server(Child);

impl Server {
    fn start(command: &mut Command, log: &Path) -> Result<Server, String> {
        let program = command.get_program().to_owned();
        let file = || Stdio::from(std::fs::File::options().create(true).append(true).open(log).unwrap());
        let mut own = Command::new("setpriv");
        own.args(["--pdeathsig", "KILL"]).arg(&program).args(command.get_args());
        for (name, value) in command.get_envs() {
            own.env(name, value.unwrap_or_default());
        }
        let child = own.stdin(Stdio::null()).stdout(file()).stderr(file()).process_group(0).spawn();
        child.map(Server).map_err(|error| format!("{}: {error}", program.display()))
    }

    fn has_ended(&mut self) -> bool {
        !matches!(self.0.try_wait(), Ok(None))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if let Some(group) = rustix::process::Pid::from_raw(self.0.id() as i32) {
            let _ = rustix::process::kill_process_group(group, rustix::process::Signal::KILL);
        }
        let _ = self.0.wait();
    }
}

pub fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

fn listens(port: u16) -> bool {
    TcpStream::connect(("127.0.0.1", port)).is_ok()
}

/// Where `ippeveprinter` can live: it wants avahi on a system bus, and there is one avahi on a machine.
pub struct Bus {
    servers: Vec<Server>,
    address: Option<String>,
    place: TempDir,
    _alone: MutexGuard<'static, ()>,
}

static ALONE: Mutex<()> = Mutex::new(());

impl Bus {
    /// A bus and an avahi of the test's own, on the interface `lo` alone; on a machine with avahi its own. `None`, said
    /// loudly, where neither can be.
    pub fn start() -> Option<Bus> {
        let alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
        let place = tempfile::tempdir().unwrap();
        let mut bus = Bus { servers: Vec::new(), address: None, place, _alone: alone };
        if is_running("avahi-daemon") {
            return Some(bus);
        }
        match bus.own() {
            Ok(()) => Some(bus),
            Err(reason) => {
                let skipped = format!("\n*** SKIPPED: ippeveprinter cannot run here: {reason} ***\n");
                std::io::stderr().write_all(skipped.as_bytes()).unwrap();
                None
            }
        }
    }

    fn own(&mut self) -> Result<(), String> {
        let place = self.place.path();
        let (socket, log) = (place.join("bus"), place.join("log"));
        let address = format!("unix:path={}", socket.display());
        let policy =
            "<policy context='default'><allow send_destination='*' eavesdrop='true'/><allow eavesdrop='true'/><allow own='*'/></policy>";
        let config = format!("<busconfig><type>custom</type><listen>{address}</listen><auth>EXTERNAL</auth>{policy}</busconfig>");
        std::fs::write(place.join("bus.conf"), config).unwrap();
        std::fs::write(place.join("avahi.conf"), "[server]\nallow-interfaces=lo\nuse-ipv6=no\n").unwrap();
        let mut daemon = Command::new("dbus-daemon");
        daemon.arg("--nofork").arg(format!("--config-file={}", place.join("bus.conf").display()));
        self.servers.push(Server::start(&mut daemon, &log)?);
        until("a bus", || socket.exists());
        let mut avahi = Command::new("avahi-daemon");
        avahi.args(["--no-drop-root", "--no-chroot", "--no-rlimits", "-f"]).arg(place.join("avahi.conf"));
        self.servers.push(Server::start(avahi.env("DBUS_SYSTEM_BUS_ADDRESS", &address), &log)?);
        self.address = Some(address);
        let since = Instant::now();
        while !std::fs::read_to_string(&log).unwrap_or_default().contains("startup complete") {
            if self.servers[1].has_ended() || since.elapsed() > PATIENCE {
                return Err(std::fs::read_to_string(&log).unwrap_or_default());
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        Ok(())
    }

    /// A printer that comes up at this port and takes PDF into [`Bus::spool`].
    pub fn printer(&self, port: u16, options: &[&str]) -> Server {
        let spool = self.spool();
        std::fs::create_dir_all(&spool).unwrap();
        let mut command = Command::new("ippeveprinter");
        command.args(["-p", &port.to_string(), "-n", "localhost", "-r", "off", "-k", "-f", "application/pdf"]).arg("-d").arg(&spool);
        command.args(options).arg("Test");
        if let Some(address) = &self.address {
            command.env("DBUS_SYSTEM_BUS_ADDRESS", address);
        }
        let server = Server::start(&mut command, &self.place.path().join("log")).unwrap();
        until("a printer", || listens(port));
        server
    }

    fn spool(&self) -> PathBuf {
        self.place.path().join("spool")
    }

    /// A command for `-c`: it fails while `fail` is there, takes `seconds`, and puts the paper into `out`.
    pub fn command(&self, seconds: f32) -> String {
        let place = self.place.path();
        std::fs::create_dir_all(place.join("out")).unwrap();
        let script = place.join("print.sh");
        let text = format!(
            "#!/bin/sh\n[ -e {0}/fail ] && exit 1\nsleep {seconds}\nfor file; do :; done\ncp \"$file\" {0}/out/$(date +%s%N)\n",
            place.display()
        );
        std::fs::write(&script, text).unwrap();
        std::fs::set_permissions(&script, std::fs::Permissions::from_mode(0o755)).unwrap();
        script.display().to_string()
    }

    fn out(&self) -> Vec<Vec<u8>> {
        papers(&self.place.path().join("out"))
    }
}

impl Drop for Bus {
    fn drop(&mut self) {
        // avahi leaves its number behind where it is killed; asked, it takes it along.
        if let Some(avahi) = self.servers.get_mut(1) {
            if let Some(pid) = rustix::process::Pid::from_raw(avahi.0.id() as i32) {
                let _ = rustix::process::kill_process(pid, rustix::process::Signal::TERM);
            }
            let since = Instant::now();
            while !avahi.has_ended() && since.elapsed() < Duration::from_secs(3) {
                std::thread::sleep(Duration::from_millis(10));
            }
        }
    }
}

fn is_running(daemon: &str) -> bool {
    Command::new(daemon).arg("--check").stderr(Stdio::null()).status().is_ok_and(|status| status.success())
}

/// The files of a folder in the order of their names, without those that are half written.
fn papers(folder: &Path) -> Vec<Vec<u8>> {
    let mut paths: Vec<PathBuf> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.retain(|path| path.is_file() && path.extension().is_none_or(|ending| ending != "part"));
    paths.sort();
    paths.iter().map(|path| std::fs::read(path).unwrap()).collect()
}

fn file_names(folder: &Path) -> String {
    std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned() + "\n").collect()
}

pub fn ipp_uri(port: u16) -> String {
    format!("ipp://localhost:{port}/ipp/print")
}

#[test]
fn what_waited_for_a_printer_comes_out_once_and_in_order_when_it_is_there() {
    let Some(bus) = Bus::start() else { return };
    let port = free_port();
    let printer = QueuePrinter::ipp(&ipp_uri(port), None).unwrap();
    let pdfs = ["Åse", "Bo", "Çelik"].map(pdf);
    // Without a command it takes ten seconds a paper, as if it printed.
    let command = bus.command(0.0);
    let quick = ["-c", command.as_str()];
    let since = Instant::now();
    let heard: Vec<Heard> = pdfs.iter().enumerate().map(|(index, pdf)| print(&printer, pdf, &format!("key {index}"), DAY)).collect();
    assert!(since.elapsed() < Duration::from_secs(1), "nobody waits");
    until("it is known that nobody answers", || printer.status("badge").state == State::NoAnswer);
    assert_eq!((printer.status("badge").waiting, printer.printed_ago("key 0")), (3, None));
    printer.forget();

    let server = bus.printer(port, &quick);
    heard.iter().for_each(comes_out);
    assert!(bus.out() == pdfs, "{} papers", bus.out().len());
    assert!(printer.printed_ago("key 0").is_some_and(|ago| ago < PATIENCE) && printer.printed_ago("key 3").is_none());
    let jobs = Command::new("ipptool").arg("-tv").arg(ipp_uri(port)).arg("get-completed-jobs.test").output().unwrap();
    let names = String::from_utf8_lossy(&jobs.stdout).into_owned();
    assert!(names.contains("velkommen-") && !names.to_lowercase().contains("ålesen"), "{names}");
    until("it is ready", || printer.status("badge").state == State::Ready);

    // Switched off and on: it forgets its jobs, and numbers them from one again.
    drop(server);
    let heard = print(&printer, &pdfs[0], "key 3", DAY);
    until("it is known that it is off", || printer.status("badge").state == State::NoAnswer);
    let _server = bus.printer(port, &quick);
    comes_out(&heard);
    assert_eq!(bus.out().len(), 4);
}

#[test]
fn a_printer_that_gives_up_gets_the_paper_again_and_prints_it_once() {
    let Some(bus) = Bus::start() else { return };
    let port = free_port();
    let command = bus.command(0.0);
    let fail = bus.place.path().join("fail");
    std::fs::write(&fail, "").unwrap();
    let _server = bus.printer(port, &["-c", &command]);
    let printer = QueuePrinter::ipp(&ipp_uri(port), None).unwrap();
    let pdfs = ["Åse", "Bo"].map(pdf);
    let heard = pdfs.each_ref().map(|pdf| print(&printer, pdf, "", DAY));
    assert!(heard[0].recv_timeout(Duration::from_millis(1500)).is_err() && bus.out().is_empty());
    std::fs::remove_file(fail).unwrap();
    heard.iter().for_each(comes_out);
    let mut out = bus.out();
    out.sort();
    let mut wanted = pdfs.to_vec();
    wanted.sort();
    assert!(out == wanted, "{} papers", out.len());
}

#[test]
fn a_paper_that_waited_too_long_behind_a_slow_one_never_comes_out() {
    let Some(bus) = Bus::start() else { return };
    let port = free_port();
    let command = bus.command(1.5);
    let _server = bus.printer(port, &["-c", &command]);
    let printer = QueuePrinter::ipp(&ipp_uri(port), None).unwrap();
    let slow = print(&printer, &pdf("Åse"), "", DAY);
    let late = print(&printer, &pdf("Bo"), "", Duration::from_millis(600));
    until("it is forgotten", || {
        printer.forget();
        late.try_recv().is_ok_and(|outcome| outcome.is_err())
    });
    comes_out(&slow);
    assert!(bus.out() == [pdf("Åse")]);
    assert_eq!(printer.status("badge").waiting, 0);
}

/// So many sheets lie in each tray of the printer at this port.
pub fn fill_trays(port: u16, sheets: u8) {
    let trays = [("na_letter_8.5x11in", "stationery", 1), ("na_number-10_4.125x9.5in", "envelope", 3)];
    let form = trays.map(|(size, kind, tray)| format!("size{tray}={size}&type{tray}={kind}&level{tray}={sheets}")).join("&");
    let mut stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
    write!(stream, "GET /media?{form} HTTP/1.1\r\nHost: localhost:{port}\r\nConnection: close\r\n\r\n").unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(2))).unwrap();
    let mut page = [0; 12];
    stream.read_exact(&mut page).unwrap();
    assert_eq!(&page, b"HTTP/1.1 200");
}

#[test]
fn out_of_paper_is_said_and_the_paper_comes_when_there_is_some() {
    let Some(bus) = Bus::start() else { return };
    let port = free_port();
    let command = bus.command(0.0);
    let _server = bus.printer(port, &["-c", &command]);
    fill_trays(port, 0);
    let printer = QueuePrinter::ipp(&ipp_uri(port), None).unwrap();
    let gone = print(&printer, &pdf("Bo"), "", Duration::from_millis(1500));
    until("it is said", || printer.status("badge").state == State::NoPaper);
    assert!(gone.recv_timeout(PATIENCE).unwrap().is_err());
    let wanted = print(&printer, &pdf("Åse"), "", DAY);
    assert!(wanted.recv_timeout(Duration::from_millis(800)).is_err());
    fill_trays(port, 25);
    comes_out(&wanted);
    assert!(bus.out().contains(&pdf("Åse")));
    // This printer runs its command for a job that was taken back as well; what it says of the job is what counts.
    let jobs = Command::new("ipptool").arg("-tv").arg(ipp_uri(port)).arg("get-completed-jobs.test").output().unwrap();
    let jobs = String::from_utf8_lossy(&jobs.stdout).into_owned();
    assert!(jobs.contains("= canceled") && !jobs.contains(NEEDLE), "{jobs}");
}

/// Between the program and a printer: hands everything on, but keeps back the first answer to some questions.
fn cutting_between(port: u16, operations: Vec<u8>) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let own = listener.local_addr().unwrap().port();
    let left = Arc::new(Mutex::new(operations));
    std::thread::spawn(move || {
        for client in listener.incoming() {
            let Ok(mut client) = client else { return };
            let left = left.clone();
            std::thread::spawn(move || -> Option<()> {
                let mut request = Vec::new();
                let body = loop {
                    let mut part = [0; 4096];
                    let count = client.read(&mut part).ok().filter(|count| *count > 0)?;
                    request.extend_from_slice(&part[..count]);
                    let text = String::from_utf8_lossy(&request).to_lowercase();
                    let Some(head) = request.windows(4).position(|bytes| bytes == b"\r\n\r\n") else { continue };
                    let length: usize = text.split("content-length: ").nth(1)?.split("\r\n").next()?.parse().ok()?;
                    if request.len() >= head + 4 + length {
                        break head + 4;
                    }
                };
                let mut server = TcpStream::connect(("127.0.0.1", port)).ok()?;
                server.write_all(&request).ok()?;
                server.set_read_timeout(Some(Duration::from_millis(500))).ok()?;
                let mut answer = Vec::new();
                let _ = server.read_to_end(&mut answer);
                let operation = request[body + 3];
                let mut left = left.lock().unwrap();
                match left.iter().position(|own| *own == operation) {
                    Some(index) => drop(left.remove(index)),
                    None => client.write_all(&answer).ok()?,
                }
                Some(())
            });
        }
    });
    own
}

#[test]
fn a_job_whose_answer_never_came_is_looked_up_and_printed_once() {
    let Some(bus) = Bus::start() else { return };
    let port = free_port();
    let command = bus.command(0.0);
    let _server = bus.printer(port, &["-c", &command]);
    // Create-Job, Send-Document, Get-Job-Attributes.
    let between = cutting_between(port, vec![5, 6, 9]);
    let printer = QueuePrinter::ipp(&ipp_uri(between), None).unwrap();
    let pdfs = ["Åse", "Bo"].map(pdf);
    let heard = pdfs.each_ref().map(|pdf| print(&printer, pdf, "", DAY));
    heard.iter().for_each(comes_out);
    assert!(bus.out() == pdfs, "{} papers", bus.out().len());
}

/// A CUPS of the test's own, with one queue whose papers fall into a tray.
struct Cups {
    place: TempDir,
    port: u16,
    server: Option<Server>,
}

impl Cups {
    fn start(history: &str) -> Cups {
        let place = tempfile::tempdir().unwrap();
        let at = place.path().to_owned();
        let shown = at.display();
        for folder in ["bin/backend", "bin/filter", "root", "spool", "cache", "run", "tmp", "tray"] {
            std::fs::create_dir_all(at.join(folder)).unwrap();
        }
        std::os::unix::fs::symlink("/usr/lib/cups/daemon", at.join("bin/daemon")).unwrap();
        let port = free_port();
        let backend = format!(
            "#!/bin/sh\n[ $# -eq 0 ] && exit 0\n[ -e {shown}/fail ] && exit 1\nwhile [ -e {shown}/hold ]; do sleep 0.1; done\n\
             cat ${{6:+\"$6\"}} > {shown}/tray/$1.part && mv {shown}/tray/$1.part {shown}/tray/$1\n"
        );
        let all = "Order allow,deny\nAllow all";
        for (file, text) in [
            ("bin/backend/tray", backend),
            ("root/mime.types", "application/pdf string(0,%PDF)\napplication/vnd.cups-raw raw\n".to_owned()),
            ("root/mime.convs", String::new()),
            (
                "root/printers.conf",
                "<DefaultPrinter Office>\nInfo Kontoret på første\nDeviceURI tray:/\nState Idle\nAccepting Yes\n\
                 ErrorPolicy retry-current-job\n</DefaultPrinter>\n"
                    .to_owned(),
            ),
            (
                "cupsd.conf",
                format!(
                    "Listen 127.0.0.1:{port}\nDefaultAuthType None\nWebInterface No\nBrowsing No\nJobRetryInterval 1\n{history}\n\
                     <Location />\n{all}\n</Location>\n<Policy default>\nJobPrivateAccess all\nJobPrivateValues none\n\
                     <Limit All>\n{all}\n</Limit>\n</Policy>\n"
                ),
            ),
            (
                "files.conf",
                format!(
                    "ServerRoot {shown}/root\nServerBin {shown}/bin\nRequestRoot {shown}/spool\nCacheDir {shown}/cache\n\
                     StateDir {shown}/run\nTempDir {shown}/tmp\nAccessLog {shown}/access\nPageLog {shown}/page\nErrorLog stderr\n\
                     User lp\nGroup lp\n"
                ),
            ),
        ] {
            std::fs::write(at.join(file), text).unwrap();
        }
        let may = |path: &str, mode| std::fs::set_permissions(at.join(path), std::fs::Permissions::from_mode(mode)).unwrap();
        may("", 0o755);
        may("bin/backend/tray", 0o755);
        may("tray", 0o777);
        may("root/printers.conf", 0o600);
        let mut cups = Cups { place, port, server: None };
        cups.on();
        cups
    }

    fn on(&mut self) {
        let at = self.place.path();
        let mut command = Command::new("cupsd");
        command.arg("-f").arg("-c").arg(at.join("cupsd.conf")).arg("-s").arg(at.join("files.conf"));
        self.server = Some(Server::start(&mut command, &at.join("log")).unwrap());
        let port = self.port;
        until("CUPS listens", || listens(port));
    }

    fn uri(&self) -> String {
        format!("ipp://localhost:{}/printers/Office", self.port)
    }

    fn tray(&self) -> Vec<Vec<u8>> {
        papers(&self.place.path().join("tray"))
    }

    /// The files of jobs and their papers that the server has.
    fn spooled(&self) -> String {
        let names = file_names(&self.place.path().join("spool"));
        names.lines().filter(|name| name.starts_with(['c', 'd'])).collect()
    }
}

#[test]
fn cups_is_found_prints_byte_for_byte_and_keeps_nothing() {
    let cups = Cups::start("PreserveJobFiles No\nPreserveJobHistory No");
    let found = ipp::list(&format!("ipp://localhost:{}/", cups.port)).unwrap();
    assert_eq!(found.len(), 1);
    assert_eq!((found[0].uri.as_str(), found[0].name.as_str()), (cups.uri().as_str(), "Kontoret på første"));
    assert!(found[0].is_default && found[0].state == State::Ready);

    let printer = QueuePrinter::ipp(&found[0].uri, None).unwrap();
    let zebra = QueuePrinter::zebra(&found[0].uri, Density::Dpi203, Some((62.0, 100.0))).unwrap();
    assert_eq!(zebra.label(), Some((62.0, 100.0)));
    comes_out(&print(&printer, &pdf("Åse"), "", DAY));
    comes_out(&print(&zebra, &pdf("Åse"), "", DAY));
    assert!(cups.tray() == [pdf("Åse"), zpl::of_pdf(&pdf("Åse"), Density::Dpi203).unwrap()]);
    until("nothing is kept", || cups.spooled().is_empty());
    assert!(!printer.status("badge").keeps_jobs);
    let access = std::fs::read_to_string(cups.place.path().join("access")).unwrap_or_default();
    assert!(!access.contains(NEEDLE));
}

#[test]
fn a_cups_that_keeps_jobs_is_cleared_and_told_of() {
    let cups = Cups::start("PreserveJobFiles Yes\nPreserveJobHistory Yes");
    let printer = QueuePrinter::ipp(&cups.uri(), None).unwrap();
    comes_out(&print(&printer, &pdf("Åse"), "", DAY));
    until("it is told", || printer.status("badge").keeps_jobs);
    until("it is cleared", || cups.spooled().is_empty());
}

#[test]
fn a_job_that_cups_had_when_it_went_down_is_printed_once() {
    let mut cups = Cups::start("PreserveJobFiles No\nPreserveJobHistory No");
    let hold = cups.place.path().join("hold");
    std::fs::write(&hold, "").unwrap();
    let printer = QueuePrinter::ipp(&cups.uri(), None).unwrap();
    let heard = print(&printer, &pdf("Åse"), "", DAY);
    until("CUPS has it", || !cups.spooled().is_empty() && printer.status("badge").state == State::Printing);
    // Asked to end, it writes down what it has.
    let pid = rustix::process::Pid::from_raw(cups.server.as_ref().unwrap().0.id() as i32).unwrap();
    rustix::process::kill_process(pid, rustix::process::Signal::TERM).unwrap();
    let server = cups.server.as_mut().unwrap();
    let since = Instant::now();
    while !server.has_ended() && since.elapsed() < Duration::from_secs(5) {
        std::thread::sleep(Duration::from_millis(20));
    }
    cups.server = None;
    until("it is known that it is down", || printer.status("badge").state == State::NoAnswer);
    std::fs::remove_file(hold).unwrap();
    cups.on();
    comes_out(&heard);
    assert!(cups.tray() == [pdf("Åse")], "{} papers", cups.tray().len());
}

#[test]
fn a_label_printer_says_how_it_is_and_gets_its_label_byte_for_byte() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let uri = format!("socket://127.0.0.1:{}", listener.local_addr().unwrap().port());
    let has_paper = Arc::new(std::sync::atomic::AtomicBool::new(false));
    let paper = has_paper.clone();
    let (told, labels) = channel();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let Ok(mut stream) = stream else { return };
            let mut question = [0; 5];
            stream.read_exact(&mut question).unwrap();
            if &question == b"~HS\r\n" {
                let out = u8::from(!paper.load(std::sync::atomic::Ordering::Relaxed));
                let status = format!(
                    "\u{2}030,{out},0,0800,000,0,0,0,000,0,0,0\u{3}\r\n\u{2}000,0,0,0,0,2,4,0,00000000,1,000\u{3}\r\n\u{2}1234,0\u{3}\r\n"
                );
                let _ = stream.write_all(status.as_bytes());
            } else {
                let mut label = question.to_vec();
                stream.read_to_end(&mut label).unwrap();
                told.send(label).unwrap();
            }
        }
    });
    let printer = QueuePrinter::zebra(&uri, Density::Dpi300, None).unwrap();
    let heard = print(&printer, &pdf("Åse"), "", DAY);
    until("it is said", || printer.status("badge").state == State::NoPaper);
    has_paper.store(true, std::sync::atomic::Ordering::Relaxed);
    comes_out(&heard);
    assert!(labels.recv().unwrap() == zpl::of_pdf(&pdf("Åse"), Density::Dpi300).unwrap());
    assert!(labels.try_recv().is_err());
}

#[test]
fn a_queue_that_is_full_says_so_at_once_and_what_answers_without_being_a_printer_is_named() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let Ok(mut stream) = stream else { return };
            let mut part = [0; 4096];
            let _ = stream.read(&mut part);
            let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n<html>\x02\x03\x04");
        }
    });
    let printer = QueuePrinter::ipp(&ipp_uri(port), None).unwrap();
    let heard: Vec<Heard> = (0..201).map(|_| print(&printer, b"%PDF", "", DAY)).collect();
    let last = heard.last().unwrap().recv_timeout(Duration::from_secs(1)).unwrap();
    assert!(last.unwrap_err().contains("too many"));
    until("it is named", || printer.status("badge").state == State::NotAPrinter);
    assert_eq!(printer.status("badge").waiting, 200);
    assert_eq!(ipp::list(&format!("ipp://127.0.0.1:{port}/")), Err(State::NotAPrinter));
    assert_eq!(ipp::list(&format!("ipp://127.0.0.1:{}/", free_port())), Err(State::NoAnswer));
    for wrong in ["ipps://host/", "host", "ipp:///", "http://host/", ""] {
        assert!(QueuePrinter::ipp(wrong, None).is_err(), "{wrong}");
    }
}
