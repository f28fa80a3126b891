//! Whether an instance may be called: backoff, quarantine, disabled. Pure: the moment is an argument.

use vitrine_model::{Fault, Millis};

const SECOND: Millis = 1_000;
const FIRST_PAUSE: Millis = SECOND;
const LONGEST_PAUSE: Millis = 60 * SECOND;
const WINDOW: Millis = 60 * SECOND;
const FAULTS_IN_WINDOW: usize = 5;
const QUARANTINE: Millis = 10 * 60 * SECOND;
const QUARANTINES: u32 = 3;

/// Whether an instance may be called; each is worse than the one before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Standing {
    Well,
    /// A pause after a fault.
    Resting,
    /// A long pause after many.
    Quarantined,
    /// Until an admin acts.
    Disabled,
}

impl Standing {
    pub fn word(self) -> &'static str {
        match self {
            Standing::Well => "well",
            Standing::Resting => "resting",
            Standing::Quarantined => "quarantined",
            Standing::Disabled => "disabled",
        }
    }
}

/// The record of one instance's own faults (`internal`; no others count).
#[derive(Debug, Default)]
pub struct Health {
    recent: Vec<Millis>,
    pause: Millis,
    closed_until: Millis,
    quarantines: u32,
    /// The rest under way is a quarantine.
    quarantined: bool,
    disabled: bool,
    last_reason: String,
}

impl Health {
    /// May it be called now?
    pub fn allow(&self, now: Millis) -> Result<(), Fault> {
        if self.disabled {
            let reason = format!(
                "disabled after {QUARANTINES} quarantines, until its entry or its file changes, or `vitrine plugin enable` names it: {}",
                self.last_reason
            );
            return Err(Fault::Internal(reason));
        }
        if now < self.closed_until {
            let seconds = (self.closed_until - now + SECOND - 1) / SECOND;
            return Err(Fault::Internal(format!("resting for another {seconds} s after: {}", self.last_reason)));
        }
        Ok(())
    }

    /// Writes down how a call ended. `jitter` is between 0 and 1.
    pub fn record(&mut self, now: Millis, fault: Option<&Fault>, jitter: f64) {
        match fault {
            Some(Fault::Internal(reason)) => self.fault(now, reason, jitter),
            // The host had no room: that says nothing about the plugin.
            Some(Fault::Busy(_)) => {}
            _ => self.pause = 0,
        }
    }

    pub fn standing(&self, now: Millis) -> Standing {
        match (self.disabled, now < self.closed_until) {
            (true, _) => Standing::Disabled,
            (_, false) => Standing::Well,
            _ if self.quarantined => Standing::Quarantined,
            _ => Standing::Resting,
        }
    }

    /// The end of the rest under way; none where an admin must act.
    pub fn until(&self, now: Millis) -> Option<Millis> {
        (!self.disabled && now < self.closed_until).then_some(self.closed_until)
    }

    /// The last fault of its own.
    pub fn reason(&self) -> &str {
        &self.last_reason
    }

    fn fault(&mut self, now: Millis, reason: &str, jitter: f64) {
        reason.clone_into(&mut self.last_reason);
        self.recent.retain(|moment| now - moment < WINDOW);
        self.recent.push(now);
        self.pause = (self.pause * 2).clamp(FIRST_PAUSE, LONGEST_PAUSE);
        // Up to a quarter less, so that instances that fell together do not rise together.
        #[expect(clippy::cast_possible_truncation, clippy::cast_precision_loss, reason = "a pause is far below 2^52 ms")]
        let pause = (self.pause as f64 * (1.0 - jitter.clamp(0.0, 1.0) / 4.0)) as Millis;
        self.closed_until = now + pause;
        self.quarantined = false;
        if self.recent.len() >= FAULTS_IN_WINDOW {
            self.recent.clear();
            // After it, the pauses begin anew: one that goes on failing comes to five in a minute again.
            self.pause = 0;
            self.closed_until = now + QUARANTINE;
            self.quarantines += 1;
            self.quarantined = true;
            self.disabled = self.quarantines >= QUARANTINES;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn trap() -> Fault {
        Fault::Internal("trapped".to_owned())
    }

    #[test]
    fn pauses_double_and_a_good_call_ends_them() {
        let mut health = Health::default();
        health.record(0, Some(&trap()), 0.0);
        assert!(health.allow(999).is_err());
        assert!(health.allow(1_000).is_ok());
        health.record(100_000, Some(&trap()), 0.0);
        assert!(health.allow(101_999).is_err());
        health.record(110_000, None, 0.0);
        health.record(210_000, Some(&trap()), 0.0);
        assert!(health.allow(211_000).is_ok());
    }

    #[test]
    fn five_in_a_minute_quarantine_and_the_third_quarantine_disables() {
        let mut health = Health::default();
        for round in 0..3 {
            let start = round * QUARANTINE * 2;
            for fault in 0..5 {
                health.record(start + fault * SECOND, Some(&trap()), 0.0);
            }
            assert!(health.allow(start + QUARANTINE).is_err());
            // The same moment, whenever somebody looks.
            let end = (round < 2).then_some(start + 4 * SECOND + QUARANTINE);
            let looks = [5, 60, 599].map(|seconds| health.until(start + seconds * SECOND));
            assert_eq!((looks, health.until(start + QUARANTINE + 5 * SECOND)), ([end; 3], None));
            assert_eq!(health.allow(start + QUARANTINE + 5 * SECOND).is_ok(), round < 2);
        }
        assert_eq!(health.standing(i64::MAX), Standing::Disabled);
    }

    #[test]
    fn a_busy_host_neither_adds_to_a_pause_nor_ends_it() {
        let mut health = Health::default();
        health.record(0, Some(&trap()), 0.0);
        health.record(1_000, Some(&trap()), 0.0);
        assert_eq!(health.standing(2_999), Standing::Resting);
        health.record(3_000, Some(&Fault::Busy("no room".to_owned())), 0.0);
        health.record(4_000, Some(&trap()), 0.0);
        assert_eq!((health.standing(7_999), health.standing(8_000)), (Standing::Resting, Standing::Well));
    }

    #[test]
    fn the_faults_of_others_do_not_count() {
        let mut health = Health::default();
        for _ in 0..20 {
            health.record(0, Some(&Fault::Upstream("refused".to_owned())), 0.0);
        }
        assert_eq!(health.allow(0), Ok(()));
    }
}
