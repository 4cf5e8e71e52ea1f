//! What goes out as a file and what comes in: papers for people, lists from people, and the
//! catalogue of words for both. It uses the words of the field and plain values, nothing of the
//! screen and nothing of the database.

pub mod badge;
pub mod call;
pub mod dates;
mod fonts;
pub mod host_file;
pub mod invitation;
mod label;
pub mod letter;
mod letters;
mod missing;
mod page;
pub mod participant_badge;
pub mod participant_file;
pub mod participant_list;
pub mod qr;
pub mod roll_call;
mod sheet;
mod table;
pub mod test_page;
mod text;
pub mod ticket;
pub mod words;

pub use missing::Missing;
pub use page::DocumentError;
