//! Memory of ArrayBuffers, which lies outside V8's heap and outside its heap limit: counted here, with a limit of its own.
//!
//! An allocation over the limit fails as on a machine without memory: V8 collects garbage, tries again, and then throws a
//! `RangeError` that the app can catch.

use std::alloc::{Layout, alloc, alloc_zeroed, dealloc};
use std::ffi::c_void;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use deno_core::v8;

/// What typed arrays may rely on, as with malloc.
const ALIGNMENT: usize = 16;

struct Account {
    used: AtomicUsize,
    limit: usize,
}

impl Account {
    fn allocate(&self, len: usize, by: unsafe fn(Layout) -> *mut u8) -> *mut c_void {
        let Some(layout) = layout(len) else { return std::ptr::null_mut() };
        if self.used.fetch_add(layout.size(), Ordering::Relaxed) + layout.size() > self.limit {
            self.used.fetch_sub(layout.size(), Ordering::Relaxed);
            return std::ptr::null_mut();
        }
        // SAFETY: `layout` never has size zero.
        unsafe { by(layout) }.cast()
    }
}

fn layout(len: usize) -> Option<Layout> {
    Layout::from_size_align(len.max(1), ALIGNMENT).ok()
}

static VTABLE: v8::RustAllocatorVtable<Account> =
    v8::RustAllocatorVtable { allocate: zeroed, allocate_uninitialized: uninitialized, free, drop: forget };

unsafe extern "C" fn zeroed(account: &Account, len: usize) -> *mut c_void {
    account.allocate(len, alloc_zeroed)
}

unsafe extern "C" fn uninitialized(account: &Account, len: usize) -> *mut c_void {
    account.allocate(len, alloc)
}

unsafe extern "C" fn free(account: &Account, data: *mut c_void, len: usize) {
    let Some(layout) = layout(len) else { return };
    account.used.fetch_sub(layout.size(), Ordering::Relaxed);
    // SAFETY: V8 gives back what `allocate` returned, with the length it asked for.
    unsafe { dealloc(data.cast(), layout) };
}

unsafe extern "C" fn forget(account: *const Account) {
    // SAFETY: the pointer that `limited` made of an Arc, handed back once.
    drop(unsafe { Arc::from_raw(account) });
}

/// An allocator for one isolate whose ArrayBuffers may take `limit` bytes together.
pub(crate) fn limited(limit: usize) -> v8::UniqueRef<v8::Allocator> {
    let account = Arc::into_raw(Arc::new(Account { used: AtomicUsize::new(0), limit }));
    // SAFETY: `account` stays alive until V8 calls `forget`, and the functions match its type.
    unsafe { v8::new_rust_allocator(account, &VTABLE) }
}
