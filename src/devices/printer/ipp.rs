//! Printing over IPP, to CUPS or straight to a printer: how it is, what it takes, and jobs that are looked up before
//! they are sent a second time.
//!
//! **Source** RFC 8010, RFC 8011, PWG 5100.7 (`media-col`), <https://www.cups.org/doc/spec-ipp.html>.

use std::collections::BTreeMap;
use std::io::Cursor;
use std::time::{Duration, Instant};

use ipp::attribute::{IppAttribute, IppAttributeGroup};
use ipp::model::{DelimiterTag, IppVersion, Operation, StatusCode};
use ipp::parser::IppParser;
use ipp::request::IppRequestResponse;
use ipp::value::IppValue;

use super::job::{PrintFault, State};
use super::machine::{Attempt, Machine, Pause, Taken, Ticket};
use super::zpl::{self, Density};
use crate::devices::guard::guarded;

/// The server of this machine.
pub const LOCAL: &str = "ipp://localhost:631/";

/// How long somebody may take to pick up, to answer a question, and to take a paper.
const PATIENCE_CONNECT: Duration = Duration::from_secs(3);
const PATIENCE_ANSWER: Duration = Duration::from_secs(10);
const PATIENCE_PAPER: Duration = Duration::from_secs(60);
/// Most bytes of an answer: the attributes of a server with hundreds of printers are less.
const ANSWER_MAX: u64 = 4 << 20;
/// Between two questions how a job is.
const POLL: Duration = Duration::from_millis(500);
/// A paper that is coming out when its time is over may end.
const LAST_PAGES: Duration = Duration::from_secs(60);
/// Most printers that a list shows.
const FOUND_MAX: usize = 100;

/// A printer that a server offers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// What goes into the config.
    pub uri: String,
    /// What people call it: its description, else its name.
    pub name: String,
    pub is_default: bool,
    pub state: State,
}

/// The printers that a CUPS server offers, the default one first. It takes at most 20 seconds.
///
/// # Errors
/// [`State::NoAnswer`] or another state in which nobody can be asked.
pub fn list(server: &str) -> Result<Vec<Found>, State> {
    let server = Server::new(server).map_err(|_| State::NotAPrinter)?;
    let own = server.request(Operation::CupsGetDefault, None);
    // A server without a default says so by an error.
    let default = match server.ask(own, &[], PATIENCE_ANSWER) {
        Ok(answer) => first(&answer, DelimiterTag::PrinterAttributes).and_then(|printer| text(printer, "printer-name")),
        Err(Fault::Status(_)) => None,
        Err(fault) => return Err(fault.state()),
    };
    let answer = match server.ask(server.request(Operation::CupsGetPrinters, None), &[], PATIENCE_ANSWER) {
        Ok(answer) => answer,
        Err(Fault::Status(StatusCode::ClientErrorNotFound)) => return Ok(Vec::new()),
        Err(fault) => return Err(fault.state()),
    };
    let mut found: Vec<Found> = answer
        .attributes()
        .groups_of(DelimiterTag::PrinterAttributes)
        .filter_map(|printer| {
            let name = text(printer, "printer-name")?;
            let described = text(printer, "printer-info").filter(|info| !info.trim().is_empty());
            Some(Found {
                // The server's own idea of its address is often a name that only it can resolve.
                uri: format!("{}/printers/{name}", server.base()),
                is_default: default.as_deref() == Some(name.as_str()),
                name: described.unwrap_or(name),
                state: state_of(printer),
            })
        })
        .take(FOUND_MAX)
        .collect();
    found.sort_by(|a, b| b.is_default.cmp(&a.is_default).then_with(|| a.name.cmp(&b.name)));
    Ok(found)
}

/// Why a question has no answer.
#[derive(Debug)]
enum Fault {
    /// Nobody picked up: what was asked was not heard.
    NotHeard,
    /// It may have been heard.
    NoAnswer,
    /// What answers does not speak IPP.
    Foreign,
    /// The answer is no.
    Status(StatusCode),
}

impl Fault {
    fn state(&self) -> State {
        match self {
            Fault::NotHeard | Fault::NoAnswer => State::NoAnswer,
            Fault::Foreign => State::NotAPrinter,
            Fault::Status(StatusCode::ServerErrorBusy | StatusCode::ServerErrorTemporaryError) => State::Printing,
            Fault::Status(StatusCode::ClientErrorNotFound) => State::NotAPrinter,
            Fault::Status(_) => State::Refuses,
        }
    }

    /// Whether the same question would get the same answer tomorrow.
    fn is_final(&self) -> bool {
        use StatusCode as S;
        matches!(
            self,
            Fault::Status(
                S::ClientErrorBadRequest
                    | S::ClientErrorRequestEntityTooLong
                    | S::ClientErrorDocumentFormatNotSupported
                    | S::ClientErrorDocumentFormatError
                    | S::ClientErrorAttributesOrValuesNotSupported
                    | S::ClientErrorConflictingAttributes
            )
        )
    }
}

/// Somebody who speaks IPP over HTTP, without TLS.
struct Server {
    agent: ureq::Agent,
    uri: ureq::http::Uri,
}

impl Server {
    fn new(uri: &str) -> Result<Server, PrintFault> {
        let parsed: ureq::http::Uri = uri.parse().map_err(|_| format!("`{uri}` is no address of a printer"))?;
        if parsed.scheme_str() != Some("ipp") || parsed.host().is_none_or(str::is_empty) {
            return Err(format!("`{uri}` is no address of a printer: ipp://HOST[:PORT]/PATH"));
        }
        let config = ureq::Agent::config_builder()
            .timeout_connect(Some(PATIENCE_CONNECT))
            .timeout_resolve(Some(PATIENCE_CONNECT))
            .http_status_as_error(false)
            // A connection that was kept may be gone when it is needed.
            .max_idle_connections(0)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .proxy(None)
            .build();
        Ok(Server { agent: config.into(), uri: parsed })
    }

    /// `ipp://HOST:PORT`
    fn base(&self) -> String {
        format!("ipp://{}:{}", self.uri.host().unwrap_or_default(), self.uri.port_u16().unwrap_or(631))
    }

    fn request(&self, operation: Operation, job: Option<i32>) -> IppRequestResponse {
        let is_about_server = matches!(operation, Operation::CupsGetDefault | Operation::CupsGetPrinters);
        let uri = (!is_about_server).then(|| self.uri.clone());
        let mut request = IppRequestResponse::new(IppVersion::v2_0(), operation, uri).expect("an address that was parsed is short enough");
        if let Some(id) = job {
            add(&mut request, DelimiterTag::OperationAttributes, "job-id", IppValue::Integer(id));
        }
        add(&mut request, DelimiterTag::OperationAttributes, "requesting-user-name", name("velkommen"));
        request
    }

    fn ask(&self, request: IppRequestResponse, paper: &[u8], patience: Duration) -> Result<IppRequestResponse, Fault> {
        let url = format!("http{}{}", self.base().trim_start_matches("ipp"), self.uri.path());
        let mut body = request.to_bytes().to_vec();
        body.extend_from_slice(paper);
        let sent = self.agent.post(&url).config().timeout_global(Some(patience)).build().content_type("application/ipp").send(&body[..]);
        let mut answer = sent.map_err(|error| match error {
            ureq::Error::HostNotFound
            | ureq::Error::ConnectionFailed
            | ureq::Error::Timeout(ureq::Timeout::Connect | ureq::Timeout::Resolve) => Fault::NotHeard,
            ureq::Error::Io(error) if error.kind() == std::io::ErrorKind::ConnectionRefused => Fault::NotHeard,
            ureq::Error::Io(_) | ureq::Error::Timeout(_) => Fault::NoAnswer,
            _ => Fault::Foreign,
        })?;
        match answer.status().as_u16() {
            200 => {}
            401 | 403 => return Err(Fault::Status(StatusCode::ClientErrorForbidden)),
            503 => return Err(Fault::Status(StatusCode::ServerErrorServiceUnavailable)),
            _ => return Err(Fault::Foreign),
        }
        let bytes = answer.body_mut().with_config().limit(ANSWER_MAX).read_to_vec().map_err(|_| Fault::NoAnswer)?;
        let parsed = guarded("printer", || IppParser::new(Cursor::new(bytes)).parse());
        let answer = parsed.and_then(Result::ok).ok_or(Fault::Foreign)?;
        let status = answer.header().status_code();
        if status.is_success() { Ok(answer) } else { Err(Fault::Status(status)) }
    }
}

/// A printer that takes PDF, or ZPL where a density is given.
pub(super) struct IppMachine {
    server: Server,
    density: Option<Density>,
    about: Option<About>,
    keeps_jobs: bool,
}

/// What a printer says about itself.
#[derive(Clone)]
struct About {
    state: State,
    /// Papers would only lie at the printer, with what stands on them.
    is_stuck: bool,
    /// CUPS answers for it.
    is_cups: bool,
    /// It takes a job first and its paper after.
    takes_in_two: bool,
    format: &'static str,
    up: Option<Duration>,
}

impl IppMachine {
    pub(super) fn new(uri: &str, density: Option<Density>) -> Result<IppMachine, PrintFault> {
        Ok(IppMachine { server: Server::new(uri)?, density, about: None, keeps_jobs: false })
    }

    fn about(&mut self) -> Result<About, Fault> {
        let mut request = self.server.request(Operation::GetPrinterAttributes, None);
        add(
            &mut request,
            DelimiterTag::OperationAttributes,
            "requested-attributes",
            keywords(&[
                "printer-state",
                "printer-state-reasons",
                "printer-is-accepting-jobs",
                "document-format-supported",
                "operations-supported",
                "printer-up-time",
                "cups-version",
            ]),
        );
        let answer = self.server.ask(request, &[], PATIENCE_ANSWER)?;
        let printer = first(&answer, DelimiterTag::PrinterAttributes).ok_or(Fault::Foreign)?;
        let formats = texts(printer, "document-format-supported");
        let takes = |format: &str| formats.iter().any(|own| own == format);
        let format = match self.density {
            None => Some("application/pdf").filter(|format| formats.is_empty() || takes(format)),
            Some(_) if takes("application/vnd.cups-raw") => Some("application/vnd.cups-raw"),
            Some(_) => Some("application/octet-stream"),
        };
        let about = About {
            state: if format.is_some() { state_of(printer) } else { State::TakesNoPdf },
            is_stuck: is_stuck(printer),
            is_cups: printer.get("cups-version").is_some(),
            takes_in_two: numbers(printer, "operations-supported").contains(&(Operation::SendDocument as i32)),
            format: format.unwrap_or("application/pdf"),
            up: numbers(printer, "printer-up-time").first().and_then(|up| u64::try_from(*up).ok()).map(Duration::from_secs),
        };
        self.about = Some(about.clone());
        Ok(about)
    }

    /// Brings the paper to the server, unless it is there already.
    fn hand_over(&mut self, ticket: &mut Ticket) -> Result<i32, Attempt> {
        let away = |fault: Fault| {
            if fault.is_final() { Attempt::Never(format!("the printer says: {fault:?}")) } else { Attempt::Away(fault.state()) }
        };
        if let Some(taken) = ticket.taken {
            // Its answer never came, or the paper's: what the server has is looked up first.
            match taken.id {
                Some(id) if taken.has_paper => return Ok(id),
                Some(_) => {}
                None => match self.find(&ticket.name).map_err(away)? {
                    Some(id) => {
                        ticket.taken = Some(Taken { id: Some(id), ..taken });
                        if taken.has_paper {
                            return Ok(id);
                        }
                    }
                    None => ticket.taken = None,
                },
            }
        }
        let about = self.about().map_err(away)?;
        match about.state {
            State::TakesNoPdf => return Err(Attempt::Never("the printer takes no PDF".to_owned())),
            state if about.is_stuck => return Err(Attempt::Away(if state.can_print() { State::Paused } else { state })),
            _ => {}
        }
        let pdf = ticket.pdf.clone();
        let raw;
        let paper = match self.density {
            None => &*pdf,
            Some(density) => {
                raw = zpl::of_pdf(&pdf, density).map_err(Attempt::Never)?;
                &raw
            }
        };
        let size = self.density.is_none().then(|| zpl::page_size_mm(&pdf)).flatten();
        let at = Instant::now();
        if !about.takes_in_two {
            ticket.taken = Some(Taken { id: None, at, has_paper: true });
            return self.taken(Operation::PrintJob, about.format, size, paper, ticket).map_err(away);
        }
        let id = match ticket.taken.and_then(|taken| taken.id) {
            Some(id) => id,
            None => {
                ticket.taken = Some(Taken { id: None, at, has_paper: false });
                self.taken(Operation::CreateJob, about.format, size, &[], ticket).map_err(away)?
            }
        };
        ticket.taken = Some(Taken { id: Some(id), at, has_paper: true });
        let mut request = self.server.request(Operation::SendDocument, Some(id));
        add(&mut request, DelimiterTag::OperationAttributes, "document-format", format(about.format));
        add(&mut request, DelimiterTag::OperationAttributes, "last-document", IppValue::Boolean(true));
        match self.server.ask(request, paper, PATIENCE_PAPER) {
            // Whether it arrived is seen from the job.
            Ok(_) | Err(Fault::NoAnswer) => Ok(id),
            Err(Fault::NotHeard) => {
                ticket.taken = Some(Taken { id: Some(id), at, has_paper: false });
                Err(Attempt::Away(State::NoAnswer))
            }
            Err(fault) => {
                self.take_back(id, false).map_err(Attempt::Away)?;
                ticket.taken = None;
                Err(away(fault))
            }
        }
    }

    /// Asks for a job and notes its number. A no leaves nothing at the server.
    fn taken(&self, operation: Operation, format: &str, size: Option<(f32, f32)>, paper: &[u8], ticket: &mut Ticket) -> Result<i32, Fault> {
        let patience = if paper.is_empty() { PATIENCE_ANSWER } else { PATIENCE_PAPER };
        let mut asked = self.server.ask(self.job(operation, &ticket.name, format, size), paper, patience);
        if let (Err(Fault::Status(StatusCode::ClientErrorAttributesOrValuesNotSupported)), Some(_)) = (&asked, size) {
            // It knows its own paper only.
            asked = self.server.ask(self.job(operation, &ticket.name, format, None), paper, patience);
        }
        match asked {
            Ok(answer) => {
                let id = first(&answer, DelimiterTag::JobAttributes).and_then(|job| numbers(job, "job-id").first().copied());
                ticket.taken.iter_mut().for_each(|taken| taken.id = id);
                id.ok_or(Fault::Foreign)
            }
            Err(fault) => {
                if !matches!(fault, Fault::NoAnswer) {
                    ticket.taken = None;
                }
                Err(fault)
            }
        }
    }

    fn job(&self, operation: Operation, job_name: &str, document_format: &str, size: Option<(f32, f32)>) -> IppRequestResponse {
        let mut request = self.server.request(operation, None);
        add(&mut request, DelimiterTag::OperationAttributes, "job-name", name(job_name));
        if operation == Operation::PrintJob {
            add(&mut request, DelimiterTag::OperationAttributes, "document-format", format(document_format));
        }
        if let Some(size) = size {
            let (attribute, value) = media(size);
            add(&mut request, DelimiterTag::JobAttributes, attribute, value);
        }
        request
    }

    /// The number of the job of this name, whether it is done or not.
    fn find(&self, job_name: &str) -> Result<Option<i32>, Fault> {
        for which in ["not-completed", "completed"] {
            let mut request = self.server.request(Operation::GetJobs, None);
            add(&mut request, DelimiterTag::OperationAttributes, "which-jobs", keywords(&[which]));
            add(&mut request, DelimiterTag::OperationAttributes, "requested-attributes", keywords(&["job-id", "job-name"]));
            let answer = match self.server.ask(request, &[], PATIENCE_ANSWER) {
                Ok(answer) => answer,
                Err(Fault::Status(StatusCode::ClientErrorNotFound)) => continue,
                Err(fault) => return Err(fault),
            };
            let mut jobs = answer.attributes().groups_of(DelimiterTag::JobAttributes);
            let job = jobs.find(|job| text(job, "job-name").as_deref() == Some(job_name));
            if let Some(id) = job.and_then(|job| numbers(job, "job-id").first().copied()) {
                return Ok(Some(id));
            }
        }
        Ok(None)
    }

    /// How the job is; `None` when the server does not know it, or knows another by its number.
    fn job_state(&self, id: i32, job_name: &str) -> Result<Option<(JobState, Vec<String>)>, Fault> {
        let mut request = self.server.request(Operation::GetJobAttributes, Some(id));
        let wanted = keywords(&["job-state", "job-state-reasons", "job-name"]);
        add(&mut request, DelimiterTag::OperationAttributes, "requested-attributes", wanted);
        let answer = match self.server.ask(request, &[], PATIENCE_ANSWER) {
            Ok(answer) => answer,
            Err(Fault::Status(StatusCode::ClientErrorNotFound | StatusCode::ClientErrorGone)) => return Ok(None),
            Err(fault) => return Err(fault),
        };
        let job = first(&answer, DelimiterTag::JobAttributes).ok_or(Fault::Foreign)?;
        if text(job, "job-name").is_some_and(|own| own != job_name) {
            return Ok(None);
        }
        let state = match numbers(job, "job-state").first() {
            Some(5) => JobState::Printing,
            Some(7) => JobState::Cancelled,
            Some(8) => JobState::Aborted,
            Some(9) => JobState::Completed,
            _ => JobState::Waiting,
        };
        Ok(Some((state, texts(job, "job-state-reasons"))))
    }

    /// Takes a job back. With `purge` CUPS forgets it as well, and the file it has of it.
    ///
    /// # Errors
    /// If the server did not answer: then it may still have it.
    fn take_back(&self, id: i32, purge: bool) -> Result<(), State> {
        let mut request = self.server.request(Operation::CancelJob, Some(id));
        if purge {
            add(&mut request, DelimiterTag::OperationAttributes, "purge-job", IppValue::Boolean(true));
        }
        match self.server.ask(request, &[], PATIENCE_ANSWER) {
            Err(fault @ (Fault::NotHeard | Fault::NoAnswer)) => Err(fault.state()),
            // A no means that it is done, or not there any more.
            _ => Ok(()),
        }
    }

    fn is_cups(&self) -> bool {
        self.about.as_ref().is_some_and(|about| about.is_cups)
    }

    /// A job that nobody knows any more either came out and was forgotten, or went with a printer that was switched off.
    fn was_restarted(&mut self, since: Instant) -> Result<bool, Fault> {
        // A second of rounding on each side.
        Ok(self.about()?.up.is_some_and(|up| up + Duration::from_secs(2) < since.elapsed()))
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum JobState {
    Waiting,
    Printing,
    Cancelled,
    Aborted,
    Completed,
}

impl Machine for IppMachine {
    fn look(&mut self) -> State {
        self.about().map_or_else(|fault| fault.state(), |about| about.state)
    }

    fn attempt(&mut self, ticket: &mut Ticket, pause: &mut Pause<'_>) -> Attempt {
        let id = match self.hand_over(ticket) {
            Ok(id) => id,
            Err(attempt) => return attempt,
        };
        let since = ticket.taken.map_or_else(Instant::now, |taken| taken.at);
        let mut over_since = None;
        loop {
            let seen = match self.job_state(id, &ticket.name) {
                Ok(Some((JobState::Completed, _))) => {
                    if self.is_cups() {
                        self.keeps_jobs = true;
                        // It is out. What stays behind then is what the status warns of.
                        let _ = self.take_back(id, true);
                    }
                    return Attempt::Done;
                }
                Ok(Some((JobState::Cancelled, _))) => return Attempt::Never("it was cancelled at the printer".to_owned()),
                Ok(Some((JobState::Aborted, reasons))) => {
                    ticket.taken = None;
                    if self.is_cups() {
                        let _ = self.take_back(id, true);
                    }
                    let is_the_paper = |reason: &String| reason.starts_with("document-") || reason == "unsupported-document-format";
                    return match reasons.into_iter().find(is_the_paper) {
                        Some(reason) => Attempt::Never(format!("the printer says: {reason}")),
                        None => Attempt::GaveUp,
                    };
                }
                Ok(Some((JobState::Waiting, reasons))) if reasons.iter().any(|reason| reason == "job-incoming") && over_since.is_none() => {
                    // The paper broke off on its way. Once the server has given the rest of it up nothing can come out.
                    if self.take_back(id, false).is_ok() {
                        ticket.taken = None;
                    }
                    return Attempt::Away(State::NoAnswer);
                }
                Ok(Some((state, _))) => {
                    let seen = self.look();
                    let is_last_page = state == JobState::Printing && seen.can_print();
                    let over = over_since.map_or(Duration::ZERO, |since: Instant| since.elapsed());
                    if over_since.is_some() && (!is_last_page || over > LAST_PAGES) {
                        return self.withdraw(ticket);
                    }
                    seen
                }
                Ok(None) => match self.was_restarted(since) {
                    Ok(false) => return Attempt::Done,
                    Ok(true) => {
                        ticket.taken = None;
                        return Attempt::GaveUp;
                    }
                    Err(fault) => return Attempt::Away(fault.state()),
                },
                Err(fault) => return Attempt::Away(fault.state()),
            };
            if !pause(POLL, seen) {
                over_since.get_or_insert_with(Instant::now);
                std::thread::sleep(Duration::from_millis(50));
            }
        }
    }

    fn withdraw(&mut self, ticket: &Ticket) -> Attempt {
        let id = match ticket.taken {
            Some(Taken { id: Some(id), .. }) => Ok(Some(id)),
            Some(_) => self.find(&ticket.name),
            None => Ok(None),
        };
        match id.map_err(|fault| fault.state()).and_then(|id| id.map_or(Ok(()), |id| self.take_back(id, self.is_cups()))) {
            Ok(()) => Attempt::TakenBack,
            Err(state) => Attempt::Away(state),
        }
    }

    fn keeps_jobs(&self) -> bool {
        self.keeps_jobs
    }
}

/// How a printer is, by what it says.
fn state_of(printer: &IppAttributeGroup) -> State {
    let accepts = printer.get("printer-is-accepting-jobs").is_none_or(|attribute| *attribute.value() != IppValue::Boolean(false));
    let stopped = numbers(printer, "printer-state").first() == Some(&5);
    let reasons = texts(printer, "printer-state-reasons");
    // A warning is about tomorrow.
    let is = |names: &[&str]| reasons.iter().any(|reason| names.contains(&reason.trim_end_matches("-error").trim_end_matches("-report")));
    // Of all warnings this one is about now: somebody's paper is held up by it.
    if is(&["media-empty", "media-needed", "media-needed-warning"]) {
        State::NoPaper
    } else if is(&["cover-open", "door-open", "interlock-open"]) {
        State::CoverOpen
    } else if is(&["media-jam"]) {
        State::Jammed
    } else if is(&["marker-supply-empty", "toner-empty", "developer-empty"]) {
        State::NoInk
    } else if is(&["offline", "shutdown", "timed-out"]) {
        State::NoAnswer
    } else if !accepts {
        State::Refuses
    } else if stopped {
        State::Paused
    } else if numbers(printer, "printer-state").first() == Some(&4) {
        State::Printing
    } else {
        State::Ready
    }
}

/// Whether nothing comes out until somebody goes there. A report of one empty tray is not that, and CUPS repeats what
/// its printer said at the last job.
fn is_stuck(printer: &IppAttributeGroup) -> bool {
    let is_error = |reason: &String| reason.ends_with("-error") || matches!(reason.as_str(), "media-needed" | "cover-open" | "paused");
    let is_cups = printer.get("cups-version").is_some();
    let accepts = printer.get("printer-is-accepting-jobs").is_none_or(|attribute| *attribute.value() != IppValue::Boolean(false));
    let stopped = numbers(printer, "printer-state").first() == Some(&5);
    !accepts || stopped || (!is_cups && texts(printer, "printer-state-reasons").iter().any(is_error))
}

/// The paper as the printer is told: A4 by its name, a label by its size.
fn media((width, height): (f32, f32)) -> (&'static str, IppValue) {
    if (width - 210.0).abs() < 1.0 && (height - 297.0).abs() < 1.0 {
        return ("media", keywords(&["iso_a4_210x297mm"]));
    }
    // Hundredths of a millimetre.
    let length = |mm: f32| IppValue::Integer((mm * 100.0).round() as i32);
    let collection = |members: Vec<(&str, IppValue)>| {
        IppValue::Collection(
            members.into_iter().filter_map(|(name, value)| Some((name.try_into().ok()?, value))).collect::<BTreeMap<_, _>>(),
        )
    };
    let size = collection(vec![("x-dimension", length(width)), ("y-dimension", length(height))]);
    ("media-col", collection(vec![("media-size", size)]))
}

fn add(request: &mut IppRequestResponse, group: DelimiterTag, attribute: &str, value: IppValue) {
    let attribute = IppAttribute::with_name(attribute, value).expect("the name of an attribute is short");
    request.attributes_mut().add(group, attribute);
}

fn name(text: &str) -> IppValue {
    IppValue::new_name_without_language(text).expect("our names are short")
}

fn format(text: &str) -> IppValue {
    IppValue::new_mime_media_type(text).expect("the formats we know are short")
}

fn keywords(words: &[&str]) -> IppValue {
    let mut values = words.iter().map(|word| IppValue::new_keyword(*word).expect("our keywords are short")).collect::<Vec<_>>();
    if values.len() == 1 { values.remove(0) } else { IppValue::Array(values) }
}

fn first(answer: &IppRequestResponse, group: DelimiterTag) -> Option<&IppAttributeGroup> {
    answer.attributes().first_of(group)
}

fn texts(group: &IppAttributeGroup, attribute: &str) -> Vec<String> {
    let values = group.get(attribute).into_iter().flat_map(|attribute| attribute.value());
    values.map(ToString::to_string).collect()
}

fn text(group: &IppAttributeGroup, attribute: &str) -> Option<String> {
    texts(group, attribute).into_iter().next()
}

fn numbers(group: &IppAttributeGroup, attribute: &str) -> Vec<i32> {
    let values = group.get(attribute).into_iter().flat_map(|attribute| attribute.value());
    let number = |value: &IppValue| match value {
        IppValue::Integer(number) | IppValue::Enum(number) => Some(*number),
        _ => None,
    };
    values.filter_map(number).collect()
}

#[cfg(test)]
mod tests;
