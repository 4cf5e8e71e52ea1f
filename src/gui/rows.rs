//! Rows of lists that several pages show.

use slint::{Model, ModelRc, VecModel};
use velkommen_ui as ui;

use super::kiosk::Kiosk;
use crate::desk::list_open_visits::OpenVisit;
use crate::documents::dates;
use crate::domain::roll_call::Inside;

/// A visit as staff see it in a list.
pub fn visit_row(kiosk: &Kiosk, visit: &OpenVisit) -> ui::VisitRow {
    let text = |text: &Option<String>| text.as_deref().unwrap_or_default().into();
    ui::VisitRow {
        key: visit.id.to_string().into(),
        name: visit.name.as_str().into(),
        company: text(&visit.company),
        title: text(&visit.title),
        host: text(&visit.host),
        time: dates::time(&kiosk.local(visit.signed_in_at), kiosk.language()).into(),
    }
}

/// How many are in the house, as the window knows it.
pub fn inside_out(inside: Inside) -> ui::Inside {
    ui::Inside { visitors: inside.visitors as i32, participants: inside.participants as i32 }
}

/// A list with these rows in the place of those it had, so that the window keeps what it has made for them: also for
/// those that have moved up or down.
pub fn fill<T: Clone + PartialEq + 'static>(list: ModelRc<T>, rows: impl Iterator<Item = T>) -> ModelRc<T> {
    let rows: Vec<T> = rows.collect();
    let Some(old) = list.as_any().downcast_ref::<VecModel<T>>() else { return ModelRc::new(VecModel::from(rows)) };
    let before: Vec<T> = old.iter().collect();
    let starts_with = |whole: &[T], part: &[T]| !part.is_empty() && whole.starts_with(part);
    if let Some(up) = (1..before.len()).find(|up| starts_with(&rows, &before[*up..])) {
        (0..up).for_each(|_| drop(old.remove(0)));
    } else if let Some(down) = (1..rows.len()).find(|down| starts_with(&rows[*down..], &before[..before.len().saturating_sub(*down)])) {
        rows[..down].iter().rev().for_each(|row| old.insert(0, row.clone()));
    }
    let mut count = 0;
    for row in rows {
        match old.row_data(count) {
            Some(same) if same == row => {}
            Some(_) => old.set_row_data(count, row),
            None => old.push(row),
        }
        count += 1;
    }
    while old.row_count() > count {
        old.remove(count);
    }
    list
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_becomes_what_it_is_filled_with_whatever_it_was() {
        let list = |rows: &[u32]| ModelRc::new(VecModel::from(rows.to_vec()));
        for before in [&[][..], &[1], &[1, 2, 3, 4], &[3, 4, 5, 6], &[7, 8, 9], &[4, 5, 1, 2], &[1, 1, 1, 1]] {
            for after in [&[][..], &[1], &[1, 2, 3, 4], &[3, 4, 5, 6, 7], &[0, 1, 2], &[9, 1, 2, 3], &[1, 1]] {
                let filled = fill(list(before), after.iter().copied());
                assert_eq!(filled.iter().collect::<Vec<_>>(), after, "{before:?}");
            }
        }
    }
}
