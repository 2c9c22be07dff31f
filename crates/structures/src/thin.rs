//! Thin: one owned heap allocation behind one machine pointer, so that a container can keep it in eight bytes.

use core::mem::ManuallyDrop;
use core::ptr::NonNull;

/// A value that is one pointer wide and owns what it points to.
///
/// # Safety
/// `into_raw` gives up ownership and `from_raw` takes it back: both must be inverse to each other. The address must fit
/// 48 bits (as user-space addresses on the supported platforms do) and must not change while the value is owned by a
/// container. Moving the raw pointer to another thread must be sound wherever `Self: Send`.
pub unsafe trait Thin: Sized {
    /// Gives the allocation up as its address.
    fn into_raw(self) -> NonNull<u8>;
    /// Takes an allocation back.
    ///
    /// # Safety
    /// `raw` came from `into_raw` of the same type and is owned by nobody else.
    unsafe fn from_raw(raw: NonNull<u8>) -> Self;
}

// SAFETY: a Box is one owned allocation; into_raw and from_raw are Box's own inverse pair.
unsafe impl<T> Thin for Box<T> {
    fn into_raw(self) -> NonNull<u8> {
        NonNull::from(Box::leak(self)).cast()
    }
    unsafe fn from_raw(raw: NonNull<u8>) -> Self {
        // SAFETY: by contract `raw` came from `into_raw` above.
        unsafe { Box::from_raw(raw.cast().as_ptr()) }
    }
}

/// A borrowed [`Thin`] that stays in its container.
pub struct Ref<'a, T: Thin> {
    item: ManuallyDrop<T>,
    lives: core::marker::PhantomData<&'a T>,
}

impl<'a, T: Thin> Ref<'a, T> {
    /// # Safety
    /// `raw` is a live item of a container that stays borrowed for `'a`.
    #[inline(always)]
    pub(crate) unsafe fn new(raw: NonNull<u8>) -> Self {
        // SAFETY: ownership is not taken: ManuallyDrop never drops it.
        Ref { item: ManuallyDrop::new(unsafe { T::from_raw(raw) }), lives: core::marker::PhantomData }
    }
    /// The address of the item's allocation.
    #[inline(always)]
    pub fn address(&self) -> usize {
        // SAFETY: a second handle lives only until its address was read; into_raw keeps it from freeing.
        ManuallyDrop::into_inner(unsafe { core::ptr::read(&self.item) }).into_raw().addr().get()
    }
    /// The item, for as long as this handle is there.
    #[inline(always)]
    pub fn get(&self) -> &T {
        &self.item
    }
}

impl<T: Thin> core::ops::Deref for Ref<'_, T> {
    type Target = T;
    #[inline(always)]
    fn deref(&self) -> &T {
        &self.item
    }
}

/// A mutably borrowed [`Thin`] in its slot; if the item moved to another allocation the slot follows when this is dropped.
pub struct RefMut<'a, T: Thin> {
    item: ManuallyDrop<T>,
    slot: &'a mut u64,
}

/// Low bits of a slot that hold the address; the rest is the container's.
pub(crate) const ADDRESS: u64 = (1 << 48) - 1;

impl<'a, T: Thin> RefMut<'a, T> {
    /// # Safety
    /// `slot` holds the address of a live item, owned by the container.
    #[inline(always)]
    pub(crate) unsafe fn new(slot: &'a mut u64) -> Self {
        // SAFETY: the caller says that the address is that of a live item.
        let item = unsafe { T::from_raw(address(*slot)) };
        RefMut { item: ManuallyDrop::new(item), slot }
    }
    /// The item's address as it is now, which may not be what the slot says yet.
    #[inline(always)]
    pub(crate) fn raw(&self) -> NonNull<u8> {
        // SAFETY: a second handle to the item lives only until its address was read; ManuallyDrop keeps it from freeing.
        let twin = unsafe { core::ptr::read(&self.item) };
        ManuallyDrop::into_inner(twin).into_raw()
    }
}

/// The address kept in a slot that is occupied.
///
/// # Safety
/// The slot is occupied: its address is not zero.
#[inline(always)]
pub(crate) unsafe fn address(slot: u64) -> NonNull<u8> {
    let ptr = core::ptr::with_exposed_provenance_mut::<u8>((slot & ADDRESS) as usize);
    // SAFETY: occupied slots hold the non-null address of an item.
    unsafe { NonNull::new_unchecked(ptr) }
}

impl<T: Thin> core::ops::Deref for RefMut<'_, T> {
    type Target = T;
    #[inline(always)]
    fn deref(&self) -> &T {
        &self.item
    }
}

impl<T: Thin> core::ops::DerefMut for RefMut<'_, T> {
    #[inline(always)]
    fn deref_mut(&mut self) -> &mut T {
        &mut self.item
    }
}

impl<T: Thin> Drop for RefMut<'_, T> {
    #[inline(always)]
    fn drop(&mut self) {
        // SAFETY: the item is taken once, here, and goes straight back into its slot.
        let raw = unsafe { ManuallyDrop::take(&mut self.item) }.into_raw();
        *self.slot = (*self.slot & !ADDRESS) | raw.as_ptr().expose_provenance() as u64;
    }
}
