//! The devices of a desk, put together as its `config.toml` names them.

use std::sync::Arc;
use std::time::Duration;

use crate::devices::Devices;
use crate::devices::camera::{self, Camera};
use crate::devices::mail::{self, MailServer, Mailer};
use crate::devices::printer::zpl::Density;
use crate::devices::printer::{FolderPrinter, PrintFault, Printer, PrinterPerKind, QueuePrinter};
use crate::devices::scanner::{self, framing};
use crate::devices::sound::ProgramPlayer;
use crate::devices::speech::{Outlet, SpeechDispatcher};
use crate::devices::webhook::{self, Webhook, WebhookTarget};
use crate::domain::config::{self, Config, LabelSize};

/// The devices of a desk. `organisation` is whom mails come from.
pub fn devices(config: &Config, organisation: &str) -> Devices {
    let outlet = match config.speech.outlet {
        config::Outlet::Speaker => Outlet::Speaker,
        config::Outlet::Headphones => Outlet::Headphones,
    };
    let printer = printer(config).inspect_err(|fault| tracing::warn!(fault, "no printer"));
    Devices {
        camera: config.camera.as_ref().map(|camera| Arc::new(Camera::new(setting(camera)))),
        scanners: scanners(config),
        printer: printer.ok().flatten(),
        player: Some(Arc::new(ProgramPlayer::new(config.sound.volume))),
        voice: Some(Arc::new(SpeechDispatcher::new(outlet))),
        mail: mailer(config, organisation).map(Arc::new),
        webhook: webhook(config).map(Arc::new),
    }
}

fn setting(camera: &config::Camera) -> camera::Setting {
    let (width, height) = camera.resolution;
    camera::Setting { source: camera.source.clone(), resolution: camera::Resolution { width, height }, mirror: camera.mirror }
}

/// The scanners of a config.
pub fn scanners(config: &Config) -> Vec<scanner::Choice> {
    let choice = |scanner: &config::Scanner| scanner::Choice {
        device: scanner.device.clone(),
        suffix: match scanner.suffix {
            config::Suffix::Enter => framing::Suffix::Enter,
            config::Suffix::Tab => framing::Suffix::Tab,
            config::Suffix::None => framing::Suffix::None,
        },
        gap: Duration::from_millis(scanner.gap_ms.into()),
    };
    config.scanners.iter().map(choice).collect()
}

/// The printers of a desk; `None` if it has none.
///
/// # Errors
/// What is wrong with an address.
pub fn printer(config: &Config) -> Result<Option<Arc<dyn Printer>>, PrintFault> {
    let rest = config.printer.as_ref().map(open).transpose()?;
    let kinds = [("badge", &config.printers.badge), ("roll-call", &config.printers.roll_call), ("list", &config.printers.list)];
    let mut own = Vec::new();
    for (kind, printer) in kinds {
        if let Some(printer) = printer {
            own.push((kind, open(printer)?));
        }
    }
    Ok(match rest {
        rest if own.is_empty() => rest,
        rest => Some(Arc::new(PrinterPerKind { own, rest })),
    })
}

fn open(printer: &config::Printer) -> Result<Arc<dyn Printer>, PrintFault> {
    let size = |label: &Option<LabelSize>| label.map(|label| (label.width_mm, label.height_mm));
    Ok(match printer {
        config::Printer::Folder(folder) => Arc::new(FolderPrinter::new(folder.clone())),
        config::Printer::Ipp(printer) => Arc::new(QueuePrinter::ipp(&printer.uri, size(&printer.label))?),
        config::Printer::Zebra(printer) => {
            let density = Density::of_dpi(printer.dpi).ok_or_else(|| format!("no label printer has {} dpi", printer.dpi))?;
            Arc::new(QueuePrinter::zebra(&printer.uri, density, size(&printer.label))?)
        }
    })
}

/// The mail server of this desk; `organisation` is who mails come from.
fn mailer(config: &Config, organisation: &str) -> Option<Mailer> {
    let mail = config.mail.as_ref()?;
    Some(Mailer::new(MailServer {
        server: mail.server.clone(),
        port: mail.port(),
        security: match mail.security {
            config::Security::StartTls => mail::Security::StartTls,
            config::Security::Tls => mail::Security::Tls,
            config::Security::Plain => mail::Security::Plain,
        },
        login: mail.user.clone().zip(mail.password.as_ref().map(|password| password.0.clone())),
        from: mail.from.clone(),
        from_name: organisation.to_owned(),
        ca_file: mail.ca_file.clone(),
        patience: mail::PATIENCE,
    }))
}

/// The webhook of this desk.
fn webhook(config: &Config) -> Option<Webhook> {
    let hook = config.webhook.as_ref()?;
    Some(Webhook::new(WebhookTarget {
        url: hook.url.0.clone(),
        key: hook.key()?,
        ca_file: hook.ca_file.clone(),
        patience: webhook::PATIENCE,
    }))
}
