//! How the system schedules the threads: a render is not interrupted for a response that could be sent after it.
//!
//! Where an isolate has a CPU to itself nothing changes. Where it shares one with a thread that moves bytes, each response would
//! preempt the next render the moment it is ready, a context switch for each; so those threads run as `SCHED_BATCH`,
//! which never preempts, and send what has gathered when the render lets go.

/// For the host's threads: makes the calling one stand back behind the isolates. A refusal by the system changes nothing.
pub fn stand_back() {
    #[cfg(target_os = "linux")]
    set(libc::SCHED_BATCH);
}

/// For an isolate's own thread, which inherits the policy of the thread that started it.
pub(crate) fn stand_front() {
    #[cfg(target_os = "linux")]
    set(libc::SCHED_OTHER);
}

#[cfg(target_os = "linux")]
fn set(policy: libc::c_int) {
    let normal = libc::sched_param { sched_priority: 0 };
    // SAFETY: the parameter is live for the call, and zero means the calling thread.
    unsafe {
        libc::sched_setscheduler(0, policy, &raw const normal);
    }
}
