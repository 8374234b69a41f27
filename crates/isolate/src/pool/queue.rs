//! Who waits for an isolate, and who is next: first come, first served, with a short lane for urgent requests.
//!
//! The lane is for the questions by which the process is watched. It is short, and every other turn belongs to the ordinary
//! ones: a client that asks for the app's own `/health` again and again must not be able to keep everyone else out.

use std::collections::VecDeque;

use super::dispatch::Job;

/// Urgent requests that may wait at a time; one more waits with the others.
const LANE: usize = 16;

/// The requests that wait.
pub(super) struct Queue {
    capacity: usize,
    urgent: VecDeque<Job>,
    ordinary: VecDeque<Job>,
    /// The last one taken was urgent.
    yields: bool,
}

impl Queue {
    /// Room for `capacity` ordinary requests.
    pub(super) fn new(capacity: usize) -> Queue {
        Queue { capacity, urgent: VecDeque::new(), ordinary: VecDeque::new(), yields: false }
    }

    /// Adds a request; `false` when the queue is full.
    pub(super) fn push(&mut self, job: Job) -> bool {
        if job.request.urgent && self.urgent.len() < LANE {
            self.urgent.push_back(job);
            return true;
        }
        if self.ordinary.len() >= self.capacity {
            // Those whose client left take no room.
            self.ordinary.retain(|job| !job.ticket.is_cancelled());
        }
        let fits = self.ordinary.len() < self.capacity;
        if fits {
            self.ordinary.push_back(job);
        }
        fits
    }

    /// How many there are, those whose client has left included.
    pub(super) fn len(&self) -> usize {
        self.urgent.len() + self.ordinary.len()
    }

    /// Takes the next one.
    pub(super) fn pop(&mut self) -> Option<Job> {
        if !self.yields || self.ordinary.is_empty() {
            self.yields = !self.urgent.is_empty();
            return self.urgent.pop_front().or_else(|| self.ordinary.pop_front());
        }
        self.yields = false;
        self.ordinary.pop_front()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use tokio::sync::oneshot;

    use super::super::dispatch::{Cancel, Ticket};
    use super::*;
    use crate::message::Request;

    fn job(id: u32, urgent: bool) -> Job {
        let (parts, ()) = http::Request::new(()).into_parts();
        let request = Request { parts, body: None, remote: None, tls: false, client: None, urgent, track: false, trace: None };
        Job { id, request, reply: oneshot::channel().0, ticket: Arc::new(Ticket::new()) }
    }

    fn order(queue: &mut Queue) -> Vec<u32> {
        std::iter::from_fn(|| queue.pop()).map(|job| job.id).collect()
    }

    #[test]
    fn urgent_ones_go_first_but_leave_every_other_turn() {
        let mut queue = Queue::new(10);
        for (id, urgent) in [(1, false), (2, false), (11, true), (12, true), (13, true), (3, false), (14, true), (15, true)] {
            assert!(queue.push(job(id, urgent)));
        }
        assert_eq!(order(&mut queue), [11, 1, 12, 2, 13, 3, 14, 15]);
    }

    #[test]
    fn urgent_ones_fit_when_the_queue_is_full_but_not_without_end() {
        let mut queue = Queue::new(1);
        assert!(queue.push(job(1, false)));
        assert!(!queue.push(job(2, false)));
        let taken = (0..100).filter(|id| queue.push(job(100 + id, true))).count();
        assert_eq!(taken, LANE);
        assert_eq!(order(&mut queue)[..3], [100, 1, 101]);
    }

    #[test]
    fn those_who_left_make_room() {
        let mut queue = Queue::new(2);
        let (left, waits) = (job(1, false), job(2, false));
        let cancel = Cancel::new(1, Arc::clone(&left.ticket));
        assert!(queue.push(left) && queue.push(waits));
        assert!(!queue.push(job(3, false)));
        drop(cancel);
        assert!(queue.push(job(4, false)));
        assert_eq!(order(&mut queue), [2, 4]);
    }
}
