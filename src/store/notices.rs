//! SQL of the notices as people saw them.

use rusqlite::{Connection, OptionalExtension, Transaction, named_params};

use super::StoreError;
use crate::domain::notice::ShownNotice;

/// The hash under which this version and language of a notice was shown before, if it was.
pub fn find_sha256(connection: &Connection, notice: &ShownNotice) -> Result<Option<String>, StoreError> {
    Ok(connection
        .prepare_cached("SELECT sha256 FROM notices WHERE notice_id = :id AND version = :version AND language = :language")?
        .query_row(
            named_params! { ":id": notice.situation.word(), ":version": notice.version, ":language": notice.language.code() },
            |row| row.get("sha256"),
        )
        .optional()?)
}

/// Keeps the text of a notice that is shown for the first time.
pub fn insert_if_new(tx: &Transaction, notice: &ShownNotice, sha256: &str) -> Result<(), StoreError> {
    tx.prepare_cached(
        "INSERT OR IGNORE INTO notices (notice_id, version, language, sha256, text)
         VALUES (:id, :version, :language, :sha256, :text)",
    )?
    .execute(named_params! {
        ":id": notice.situation.word(),
        ":version": notice.version,
        ":language": notice.language.code(),
        ":sha256": sha256,
        ":text": notice.full_text(),
    })?;
    Ok(())
}

/// Erases the texts that no record points to any more.
pub fn erase_unused(tx: &Transaction) -> Result<usize, StoreError> {
    Ok(tx.execute(
        "DELETE FROM notices WHERE NOT EXISTS (
            SELECT 1 FROM visits AS of WHERE of.notice_id = notices.notice_id AND of.notice_version = notices.version
                AND of.notice_language = notices.language
            UNION ALL SELECT 1 FROM participants AS of WHERE of.notice_id = notices.notice_id AND of.notice_version = notices.version
                AND of.notice_language = notices.language
            UNION ALL SELECT 1 FROM consent_answers AS of WHERE of.notice_id = notices.notice_id AND of.notice_version = notices.version
                AND of.notice_language = notices.language
            UNION ALL SELECT 1 FROM consent_acts AS of WHERE of.notice_id = notices.notice_id AND of.notice_version = notices.version
                AND of.notice_language = notices.language)",
        [],
    )?)
}
