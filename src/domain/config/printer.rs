//! Where papers go.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::fault::ConfigFault;

/// A printer that this desk can use.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Printer {
    /// Papers become PDF files in this folder, the last one of each kind.
    Folder(PathBuf),
    /// A queue of CUPS or a network printer, which takes PDF.
    Ipp(IppPrinter),
    /// A label printer that understands ZPL.
    Zebra(ZebraPrinter),
}

/// Printers for kinds of paper that do not go to the desk's `printer`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct Printers {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub badge: Option<Printer>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub roll_call: Option<Printer>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub list: Option<Printer>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IppPrinter {
    /// `ipp://HOST[:631]/PATH`
    pub uri: String,
    /// The label in it, for a printer that prints badges.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<LabelSize>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ZebraPrinter {
    /// `socket://HOST[:9100]`, or `ipp://…` of a raw queue.
    pub uri: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<LabelSize>,
    /// 203 or 300 dots an inch.
    #[serde(default = "dpi_of_most")]
    pub dpi: u16,
}

fn dpi_of_most() -> u16 {
    203
}

/// Width × height of a label as it is printed and read, in mm, written as `"62x100"`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LabelSize {
    pub width_mm: f32,
    pub height_mm: f32,
}

impl LabelSize {
    /// Reads `62x100`: from 50 × 50 to 210 × 297 mm, what a badge can be laid out on.
    pub fn parse(text: &str) -> Option<LabelSize> {
        let (width, height) = text.split_once(['x', '×'])?;
        let (width_mm, height_mm) = (width.trim().parse().ok()?, height.trim().parse().ok()?);
        let holds_a_badge = (50.0..=210.0).contains(&width_mm) && (50.0..=297.0).contains(&height_mm);
        holds_a_badge.then_some(LabelSize { width_mm, height_mm })
    }
}

impl Serialize for LabelSize {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&format_args!("{}x{}", self.width_mm, self.height_mm))
    }
}

impl<'de> Deserialize<'de> for LabelSize {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<LabelSize, D::Error> {
        let text = String::deserialize(deserializer)?;
        let wrong = || serde::de::Error::custom(format!("`{text}` is no label from 50x50 to 210x297 mm"));
        LabelSize::parse(&text).ok_or_else(wrong)
    }
}

impl Printer {
    /// A folder, or an address.
    pub fn place(&self) -> String {
        match self {
            Printer::Folder(folder) => folder.display().to_string(),
            Printer::Ipp(IppPrinter { uri, .. }) | Printer::Zebra(ZebraPrinter { uri, .. }) => uri.clone(),
        }
    }

    /// The label it is told to print on.
    pub fn label(&self) -> Option<LabelSize> {
        match self {
            Printer::Folder(_) => None,
            Printer::Ipp(IppPrinter { label, .. }) | Printer::Zebra(ZebraPrinter { label, .. }) => *label,
        }
    }

    /// Told to print on this label; a folder takes paper of every size.
    pub fn with_label(mut self, size: Option<LabelSize>) -> Printer {
        match &mut self {
            Printer::Folder(_) => {}
            Printer::Ipp(IppPrinter { label, .. }) | Printer::Zebra(ZebraPrinter { label, .. }) => *label = size,
        }
        self
    }

    /// What is wrong with its address, if anything is.
    pub(super) fn check(&self) -> Result<(), ConfigFault> {
        let (uri, schemes): (&str, &[&str]) = match self {
            Printer::Folder(folder) if folder.as_os_str().is_empty() => return Err(ConfigFault::NoFolder),
            Printer::Folder(_) => return Ok(()),
            Printer::Ipp(printer) => (&printer.uri, &["ipp"]),
            Printer::Zebra(printer) if !matches!(printer.dpi, 203 | 300) => return Err(ConfigFault::Dpi(printer.dpi)),
            Printer::Zebra(printer) => (&printer.uri, &["socket", "ipp"]),
        };
        let is_address = uri.split_once("://").is_some_and(|(scheme, rest)| {
            schemes.contains(&scheme) && !rest.starts_with(['/', ':']) && !rest.is_empty() && !rest.contains(char::is_whitespace)
        });
        if is_address { Ok(()) } else { Err(ConfigFault::Address(uri.to_owned(), schemes.join(":// or "))) }
    }
}

#[cfg(test)]
mod tests {
    use super::super::Config;
    use super::*;

    #[test]
    fn each_kind_of_paper_can_have_a_printer_of_its_own() {
        let text = r#"
            printer = { ipp = { uri = "ipp://localhost:631/printers/Office" } }
            [printers]
            badge = { zebra = { uri = "socket://10.0.0.7", label = "62 x 100", dpi = 300 } }
            roll-call = { folder = "/media/papers" }
        "#;
        let config = Config::parse(text).expect("valid");
        let label = Some(LabelSize { width_mm: 62.0, height_mm: 100.0 });
        assert_eq!(config.printers.badge, Some(Printer::Zebra(ZebraPrinter { uri: "socket://10.0.0.7".to_owned(), label, dpi: 300 })));
        assert_eq!(config.printers.roll_call, Some(Printer::Folder("/media/papers".into())));
        let written = config.to_toml();
        assert_eq!(Config::parse(&written).expect("valid"), config);
        let sizes = ["50x50", "210x297", "49.9x50", "50x297.1", "62", "ax62"].map(|text| LabelSize::parse(text).is_some());
        assert_eq!(sizes, [true, true, false, false, false, false]);
    }
}
