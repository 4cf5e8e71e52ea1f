//! What pages hold for a while: one value of each type, made when it is first asked for.

use std::any::{Any, TypeId};
use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

#[derive(Default)]
pub struct Drawers(RefCell<HashMap<TypeId, Rc<dyn Any>>>);

impl Drawers {
    /// The one value of this type.
    pub fn of<T: Default + 'static>(&self) -> Rc<T> {
        let mut drawers = self.0.borrow_mut();
        let held = drawers.entry(TypeId::of::<T>()).or_insert_with(|| Rc::new(T::default())).clone();
        held.downcast().expect("a type's value is of that type")
    }

    /// Nothing is held any more.
    pub fn empty(&self) {
        // What goes may itself look into a drawer on its way out.
        let held = self.0.take();
        drop(held);
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;

    #[derive(Default)]
    struct Ours(Cell<u32>);
    #[derive(Default)]
    struct Theirs(Cell<u32>);

    #[test]
    fn each_type_has_its_own_value_until_the_drawers_are_emptied() {
        let drawers = Drawers::default();
        drawers.of::<Ours>().0.set(7);
        assert_eq!((drawers.of::<Ours>().0.get(), drawers.of::<Theirs>().0.get()), (7, 0));
        drawers.empty();
        assert_eq!(drawers.of::<Ours>().0.get(), 0);
    }
}
