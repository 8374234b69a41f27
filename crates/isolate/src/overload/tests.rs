//! A pool in simulated time: requests come, wait, are worked on and leave, and only the clock is invented.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, VecDeque};

use super::*;

const MS: f64 = 0.001;
const QUEUE: usize = 1024;
const QUEUE_TIMEOUT: Duration = Duration::from_secs(5);

/// What is simulated.
struct Scene {
    /// Requests that can be worked on at once: isolates that compute, or places of an isolate whose app waits.
    servers: usize,
    /// Seconds of work a request needs, on average.
    work: f64,
    /// Requests a second at a point in time.
    rate: Box<dyn Fn(f64) -> f64>,
    seconds: f64,
}

/// What became of the requests that came in a span of time.
#[derive(Debug, Default, Clone)]
struct Tally {
    came: usize,
    refused: usize,
    /// Refused after they had waited.
    shed: usize,
    /// The waits of those that were worked on.
    waits: Vec<f64>,
}

impl Tally {
    fn done(&self) -> f64 {
        self.waits.len() as f64
    }

    fn wait(&self, percentile: f64) -> f64 {
        let mut waits = self.waits.clone();
        waits.sort_by(f64::total_cmp);
        waits[((waits.len() - 1) as f64 * percentile) as usize]
    }
}

/// Random numbers that are the same each time (Knuth's MMIX generator).
struct Dice(u64);

impl Dice {
    fn uniform(&mut self) -> f64 {
        self.0 = self.0.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        ((self.0 >> 11) as f64 + 1.0) / (1u64 << 53) as f64
    }

    /// Time to the next of events that come independently.
    fn next(&mut self, rate: f64) -> f64 {
        -self.uniform().ln() / rate
    }
}

struct Simulation {
    control: Control,
    start: Instant,
    free: usize,
    load: Load,
    queue: VecDeque<f64>,
    /// When the running ones end, in microseconds.
    running: BinaryHeap<Reverse<u64>>,
    dice: Dice,
    work: f64,
    seconds: Vec<Tally>,
}

impl Simulation {
    fn run(config: &Config, load: &Scene) -> Simulation {
        let mut this = Simulation {
            control: Control::new(config, load.servers.min(4), load.servers + QUEUE),
            start: Instant::now(),
            free: load.servers,
            load: Load { in_flight: 0, refused: 0 },
            queue: VecDeque::new(),
            running: BinaryHeap::new(),
            dice: Dice(42),
            work: load.work,
            seconds: vec![Tally::default(); load.seconds as usize + 1],
        };
        let mut now = 0.0;
        while now < load.seconds {
            now += this.dice.next((load.rate)(now));
            while let Some(Reverse(end)) = this.running.peek().filter(|Reverse(end)| *end as f64 * 1e-6 <= now).copied() {
                this.running.pop();
                this.leave(end as f64 * 1e-6);
            }
            this.arrive(now);
        }
        this
    }

    fn tally(&mut self, at: f64) -> &mut Tally {
        let last = self.seconds.len() - 1;
        &mut self.seconds[(at as usize).min(last)]
    }

    fn at(&self, now: f64) -> Instant {
        self.start + Duration::from_secs_f64(now)
    }

    fn arrive(&mut self, now: f64) {
        self.tally(now).came += 1;
        if self.load.in_flight == 0 {
            self.control.idle(self.at(now));
        }
        if self.load.in_flight >= self.control.limit() || self.queue.len() >= QUEUE {
            self.tally(now).refused += 1;
            self.load.refused += 1;
            return;
        }
        self.load.in_flight += 1;
        if self.free == 0 {
            return self.queue.push_back(now);
        }
        self.free -= 1;
        self.control.waited(self.at(now), Duration::ZERO, self.load);
        self.begin(now, now);
    }

    fn begin(&mut self, since: f64, now: f64) {
        self.tally(since).waits.push(now - since);
        // Half of it always, the rest by chance.
        let work = self.work / 2.0 + self.dice.next(2.0 / self.work);
        self.running.push(Reverse(((now + work) * 1e6) as u64));
    }

    fn leave(&mut self, now: f64) {
        self.load.in_flight -= 1;
        while let Some(since) = self.queue.pop_front() {
            let wait = Duration::from_secs_f64(now - since);
            self.control.waited(self.at(now), wait, self.load);
            if wait < self.control.patience(QUEUE_TIMEOUT) {
                return self.begin(since, now);
            }
            self.load.in_flight -= 1;
            self.tally(since).shed += 1;
        }
        self.free += 1;
    }

    /// Everything that came from second `from` on, before second `to`.
    fn between(&self, from: usize, to: usize) -> Tally {
        let mut sum = Tally::default();
        for tally in &self.seconds[from..to] {
            sum.came += tally.came;
            sum.refused += tally.refused;
            sum.shed += tally.shed;
            sum.waits.extend(&tally.waits);
        }
        sum
    }
}

/// The two policies under the same load: without the limit, and with it.
fn compare(load: &Scene) -> [Simulation; 2] {
    [false, true].map(|adaptive| Simulation::run(&Config { adaptive, ..Config::default() }, load))
}

/// Pages of 10 ms and of 100 ms, and an app that waits a second for its backend.
const APPS: [(usize, f64); 4] = [(1, 10.0 * MS), (4, 10.0 * MS), (1, 100.0 * MS), (100, 1.0)];

#[test]
fn under_ten_times_the_load_those_taken_on_are_answered_in_time() {
    for (servers, work) in APPS {
        let capacity = servers as f64 / work;
        let load = Scene { servers, work, rate: Box::new(move |_| 10.0 * capacity), seconds: 30.0 };
        let [without, with] = compare(&load);
        let (before, after) = (without.between(5, 20), with.between(5, 20));
        let context = format!("{servers} × {work} s: {:.3} s and {:.3} s", before.wait(0.5), after.wait(0.5));
        assert!(before.wait(0.5) > 2.0, "{context}: the load is an overload");
        assert!(after.wait(0.5) < 0.5 && after.wait(0.5) > 0.1, "{context}");
        assert!(after.done() > 0.9 * 15.0 * capacity, "{context}: {} done", after.done());
        assert!(after.shed < after.refused / 10, "{context}: {} of {} had to wait first", after.shed, after.refused);
    }
}

/// From the first second on: the queue that stood before the limit fell is not served to clients that have left.
#[test]
fn the_onset_is_short() {
    let load = Scene { servers: 1, work: 10.0 * MS, rate: Box::new(|_| 1000.0), seconds: 10.0 };
    let [without, with] = compare(&load);
    assert!(without.between(1, 2).wait(0.5) > 4.0);
    let (first, next) = (with.between(0, 1), with.between(1, 3));
    assert!(first.wait(0.9) < 1.2, "{}", first.wait(0.9));
    assert!(next.wait(0.9) < 0.7 && next.done() > 150.0, "{} {}", next.wait(0.9), next.done());
}

#[test]
fn normal_load_is_left_alone() {
    for (servers, work) in APPS {
        for share in [0.3, 0.7, 0.8] {
            let rate = share * servers as f64 / work;
            let load = Scene { servers, work, rate: Box::new(move |_| rate), seconds: 120.0 };
            let [without, with] = compare(&load);
            let (before, after) = (without.between(0, 120), with.between(0, 120));
            let context = format!("{servers} × {work} s at {share}");
            assert!(before.refused + before.shed == 0, "{context}: that is not normal load");
            // Pages of 100 ms in one isolate do wait longer than the target at times.
            let few = if work == 0.1 { after.came / 50 } else { 0 };
            assert!(after.refused + after.shed <= few, "{context}: {} and {}", after.refused, after.shed);
        }
    }
}

/// A burst that the isolates work off is no overload, however long the last of it waits; nor is one long turn of JavaScript.
#[test]
fn bursts_are_worked_off() {
    let burst = |t: f64| if (5.0..5.1).contains(&t) { 500.0 } else { 20.0 };
    let load = Scene { servers: 1, work: 5.0 * MS, rate: Box::new(burst), seconds: 20.0 };
    let [_, with] = compare(&load);
    let all = with.between(0, 20);
    assert_eq!((all.refused, all.shed), (0, 0));

    // A crowd that comes at once and takes two seconds of work is worked off too, because nobody comes after it.
    let crowd = |t: f64| if t < 0.01 { 20_000.0 } else { 0.5 };
    let load = Scene { servers: 1, work: 10.0 * MS, rate: Box::new(crowd), seconds: 20.0 };
    let [_, with] = compare(&load);
    let all = with.between(0, 20);
    assert!(all.came > 150 && all.wait(1.0) > 1.5 && all.shed == 0 && all.refused <= 2, "{} {}", all.came, all.wait(1.0));

    let mut control = Control::new(&Config::default(), 1, 1124);
    let start = Instant::now();
    // A turn of three seconds; then what has queued up is taken at once, the oldest first.
    for since in 0..300 {
        let wait = Duration::from_millis(3000 - 10 * since);
        assert_eq!(control.waited(start + Duration::from_secs(3), wait, Load { in_flight: 300, refused: 0 }), None);
    }
    assert_eq!((control.limit(), control.patience(QUEUE_TIMEOUT)), (usize::MAX, QUEUE_TIMEOUT));
}

/// When the overload is over so is the limit, with traffic and without.
#[test]
fn what_is_over_is_forgotten() {
    let rush = |t: f64| if (5.0..10.0).contains(&t) { 1000.0 } else { 80.0 };
    let load = Scene { servers: 1, work: 10.0 * MS, rate: Box::new(rush), seconds: 40.0 };
    let [_, with] = compare(&load);
    let after = with.between(11, 40);
    assert_eq!((after.refused, after.shed), (0, 0));
    assert_eq!(with.control.limit(), usize::MAX);

    let (mut control, start) = overloaded();
    let low = control.limit();
    assert!(low < 100, "{low}");
    assert_eq!(control.idle(start + Duration::from_millis(100)), None);
    assert_eq!(control.limit(), low, "a moment without requests says nothing");
    assert_eq!(control.idle(start + Duration::from_secs(60)), Some(Turn::Ends));
    assert_eq!((control.limit(), control.patience(QUEUE_TIMEOUT)), (usize::MAX, QUEUE_TIMEOUT));
}

/// A control at the end of an overload, and when that is.
fn overloaded() -> (Control, Instant) {
    let mut control = Control::new(&Config::default(), 1, 1124);
    let mut now = Instant::now();
    let mut turns = Vec::new();
    let mut load = Load { in_flight: 0, refused: 0 };
    for _ in 0..200 {
        now += Duration::from_millis(50);
        load = Load { in_flight: control.limit().min(200), refused: load.refused + 2 };
        turns.extend(control.waited(now, Duration::from_millis(400), load));
    }
    assert_eq!(turns, [Turn::Begins(Duration::from_millis(400))], "an overload is reported once");
    (control, now)
}

#[test]
fn the_limit_keeps_its_bounds() {
    let (control, _) = overloaded();
    assert_eq!(control.limit(), 2, "two for each isolate");
    assert_eq!(control.patience(QUEUE_TIMEOUT), Duration::from_millis(500));
    assert_eq!(control.patience(Duration::from_millis(300)), Duration::from_millis(300));
    for (config, capacity) in [
        (Config { adaptive: false, ..Config::default() }, 10),
        (Config { target: Duration::ZERO, ..Config::default() }, 10),
        (Config { min: 20, ..Config::default() }, 10),
    ] {
        let mut control = Control::new(&config, 1, capacity);
        let start = Instant::now();
        for step in 0..100 {
            control.waited(start + step * Duration::from_millis(50), Duration::from_secs(4), Load { in_flight: 10, refused: 0 });
        }
        assert_eq!(control.limit(), usize::MAX, "{config:?}");
    }
}
