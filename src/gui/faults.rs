//! What a field or a page says of what is wrong.

use velkommen_ui::{Fault, Trouble};

use crate::desk::add_staff::StaffFault;
use crate::desk::change_settings::SettingsFault;
use crate::desk::sign_in::{Field, FieldFault, FieldReason};
use crate::desk::{DeskError, StoreError};
use crate::domain::staff::SecretFault;
use crate::domain::text::TextFault;

/// What a person is told when the desk fails. The details go to the log, once, here.
pub fn trouble(error: &DeskError) -> Trouble {
    tracing::error!(%error, "a request failed");
    match error {
        DeskError::Store(StoreError::Full) => Trouble::DiskFull,
        DeskError::Store(StoreError::Busy) => Trouble::FileBusy,
        DeskError::Store(_) | DeskError::NotAllowed { .. } => Trouble::CannotSave,
    }
}

/// What a field says of a line of text.
pub fn text_fault(fault: TextFault) -> Fault {
    match fault {
        TextFault::Missing => Fault::Missing,
        TextFault::TooLong { .. } => Fault::TooLong,
        TextFault::ControlCharacter => Fault::ControlCharacter,
    }
}

/// What one field about a person complains about.
pub fn field_fault(faults: &[FieldFault], field: Field) -> Fault {
    let fault = faults.iter().find(|fault| fault.field == field);
    fault.map_or(Fault::None, |fault| match fault.reason {
        FieldReason::Text(reason) => text_fault(reason),
        FieldReason::NotAsked | FieldReason::HostGone => Fault::NotAHost,
    })
}

/// What each field of the organisation complains about.
pub struct SettingsFaults {
    pub organisation: Fault,
    pub address: Fault,
    pub contact: Fault,
    pub closes_at: Fault,
}

impl SettingsFaults {
    pub fn of(faults: &[SettingsFault]) -> SettingsFaults {
        let mut shown = SettingsFaults { organisation: Fault::None, address: Fault::None, contact: Fault::None, closes_at: Fault::None };
        for fault in faults {
            match fault {
                SettingsFault::Organisation(fault) => shown.organisation = text_fault(*fault),
                SettingsFault::Address(fault) => shown.address = text_fault(*fault),
                SettingsFault::Contact(fault) => shown.contact = text_fault(*fault),
                SettingsFault::ClosesAt => shown.closes_at = Fault::NotATime,
            }
        }
        shown
    }
}

/// What the name of somebody on the staff complains about.
pub fn staff_name_fault(faults: &[StaffFault]) -> Fault {
    faults
        .iter()
        .find_map(|fault| match fault {
            StaffFault::Name(fault) => Some(text_fault(*fault)),
            StaffFault::NameTaken => Some(Fault::Taken),
            StaffFault::Secret(_) | StaffFault::NoRole => None,
        })
        .unwrap_or(Fault::None)
}

/// What their PIN or password complains about.
pub fn secret_fault(faults: &[StaffFault]) -> Fault {
    faults
        .iter()
        .find_map(|fault| match fault {
            StaffFault::Secret(SecretFault::Missing) => Some(Fault::Missing),
            StaffFault::Secret(SecretFault::TooShort) => Some(Fault::TooShort),
            StaffFault::Secret(SecretFault::TooLong) => Some(Fault::TooLong),
            StaffFault::Name(_) | StaffFault::NameTaken | StaffFault::NoRole => None,
        })
        .unwrap_or(Fault::None)
}
