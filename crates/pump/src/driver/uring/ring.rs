//! The ring itself: set-up, submission, waiting, and the count of what the kernel still has.
//!
//! `operations` counts requests that will still post a final completion. Sends on trial (see the parent module) are
//! not among them: they are over when the `enter` that submitted them returns.

use std::collections::VecDeque;
use std::io;
use std::time::Duration;

use io_uring::types::{SubmitArgs, Timespec};
use io_uring::{EnterFlags, IoUring, Probe, cqueue, opcode, squeue};

use super::pace::Want;

/// Requests queued before they have to be submitted.
const SUBMISSIONS: u32 = 512;
/// Completions that fit without overflow; connections beyond it are safe, only slower.
const COMPLETIONS: u32 = 4096;

/// What a request was for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
pub(super) enum Kind {
    Receive = 1,
    /// A send that posts a completion only if it could not send everything at once.
    TrialSend = 2,
    /// A send that may wait for the peer.
    Send = 3,
    CancelOfConnection = 4,
    Accept = 5,
    CancelOfListener = 6,
    Bell = 7,
}

/// Kind and place of a request in its 64 bits of user data.
pub(super) fn tag(kind: Kind, place: usize) -> u64 {
    (kind as u64) << 56 | place as u64
}

/// A completion, off the ring.
#[derive(Clone, Copy, Debug)]
pub(super) struct Completion {
    pub(super) tag: u64,
    /// As the system call would have returned it, errors negative.
    pub(super) result: i32,
    pub(super) flags: u32,
}

impl Completion {
    pub(super) fn kind(&self) -> Option<Kind> {
        Some(match self.tag >> 56 {
            1 => Kind::Receive,
            2 => Kind::TrialSend,
            3 => Kind::Send,
            4 => Kind::CancelOfConnection,
            5 => Kind::Accept,
            6 => Kind::CancelOfListener,
            7 => Kind::Bell,
            _ => return None,
        })
    }
    pub(super) fn place(&self) -> usize {
        (self.tag & ((1 << 56) - 1)) as usize
    }
    /// Whether the request goes on and will complete again.
    pub(super) fn more(&self) -> bool {
        cqueue::more(self.flags)
    }
    pub(super) fn buffer(&self) -> Option<u16> {
        cqueue::buffer_select(self.flags)
    }
    pub(super) fn error(&self) -> Option<io::Error> {
        (self.result < 0).then(|| io::Error::from_raw_os_error(-self.result))
    }
}

/// See the head of the file.
pub(super) struct Ring {
    ring: IoUring,
    operations: usize,
    /// Requests for which the queue had no room.
    overdue: VecDeque<squeue::Entry>,
}

impl Ring {
    /// Sets a ring up for use by the calling thread alone.
    pub(super) fn new() -> io::Result<Self> {
        let mut deferred = IoUring::builder();
        deferred.setup_single_issuer().setup_defer_taskrun();
        let mut cooperative = IoUring::builder();
        cooperative.setup_coop_taskrun();
        // DEFER_TASKRUN came with 6.1; what else is needed, with 6.0.
        let mut failure = None;
        for mut builder in [deferred, cooperative] {
            let built = builder.setup_submit_all().setup_cqsize(COMPLETIONS).setup_clamp().build(SUBMISSIONS);
            match built {
                Ok(ring) => return Ring { ring, operations: 0, overdue: VecDeque::new() }.checked(),
                Err(error) => failure = Some(error),
            }
        }
        Err(failure.unwrap_or_else(|| io::ErrorKind::Unsupported.into()))
    }

    fn checked(self) -> io::Result<Self> {
        let params = self.ring.params();
        let features = params.is_feature_ext_arg()
            && params.is_feature_nodrop()
            && params.is_feature_fast_poll()
            && params.is_feature_skip_cqe_on_success();
        let mut probe = Probe::new();
        self.ring.submitter().register_probe(&mut probe)?;
        let codes = [
            opcode::Send::CODE,
            opcode::Recv::CODE,
            opcode::Accept::CODE,
            opcode::AsyncCancel::CODE,
            opcode::Read::CODE,
        ];
        if !features || !codes.iter().all(|code| probe.is_supported(*code)) {
            return Err(io::Error::new(io::ErrorKind::Unsupported, "the kernel lacks a feature of io_uring"));
        }
        Ok(self)
    }

    pub(super) fn submitter(&self) -> io_uring::Submitter<'_> {
        self.ring.submitter()
    }

    /// Requests whose final completion has not been seen.
    pub(super) fn operations(&self) -> usize {
        self.operations
    }

    /// Whether the kernel has taken everything that was queued.
    pub(super) fn submitted(&mut self) -> bool {
        self.overdue.is_empty() && self.ring.submission().is_empty()
    }

    /// Queues a request. Should the queue be full and stay full, the request waits for the next submission.
    ///
    /// # Safety
    ///
    /// What the request points to must stay alive and in place: for a trial send until it has been submitted and
    /// the completions of that time have been collected, for others until the final completion.
    pub(super) unsafe fn push(&mut self, entry: squeue::Entry, kind: Kind, place: usize) {
        if kind != Kind::TrialSend {
            self.operations += 1;
        }
        let entry = entry.user_data(tag(kind, place));
        // SAFETY: passed on to the caller.
        if self.overdue.is_empty() && unsafe { self.ring.submission().push(&entry) }.is_ok() {
            return;
        }
        self.overdue.push_back(entry);
        // An error would come again, and be reported, with the next poll.
        let _ = self.submit();
    }

    /// Fills the queue from what is overdue.
    fn move_overdue(&mut self) {
        let mut queue = self.ring.submission();
        while let Some(entry) = self.overdue.front() {
            // SAFETY: the caller of `push` has vouched for the entry.
            if unsafe { queue.push(entry) }.is_err() {
                return;
            }
            self.overdue.pop_front();
        }
    }

    /// Submits what is queued, without waiting.
    pub(super) fn submit(&mut self) -> io::Result<()> {
        self.move_overdue();
        while self.queued() > 0 {
            let before = self.queued() as usize + self.overdue.len();
            self.enter(EnterFlags::empty())?;
            self.move_overdue();
            if self.queued() as usize + self.overdue.len() >= before {
                break; // The kernel takes no more before completions have been collected.
            }
        }
        Ok(())
    }

    /// Submits what is queued and runs the kernel's deferred work, without waiting.
    pub(super) fn flush(&mut self) -> io::Result<()> {
        if !self.overdue.is_empty() {
            self.submit()?;
        }
        self.enter(EnterFlags::GETEVENTS)
    }

    fn enter(&mut self, flags: EnterFlags) -> io::Result<()> {
        let submitter = self.ring.submitter();
        // SAFETY: no argument is passed, so there is nothing for the kernel to misread.
        tolerate(unsafe { submitter.enter::<libc::sigset_t>(self.queued(), 0, flags.bits(), None) })
    }

    /// Submits what is queued and waits, at most `timeout`, for a completion; first a moment for as many as `want` says,
    /// where the kernel can.
    pub(super) fn wait(&mut self, timeout: Duration, want: Want) -> io::Result<()> {
        if !self.overdue.is_empty() {
            return self.flush();
        }
        let timespec = Timespec::from(timeout);
        let mut arguments = SubmitArgs::new().timespec(&timespec);
        let params = self.ring.params();
        let mut flags = EnterFlags::GETEVENTS | EnterFlags::EXT_ARG;
        if params.is_feature_no_iowait() {
            // A server that waits for requests is idle, not waiting for a disk.
            flags |= EnterFlags::NO_IOWAIT;
        }
        let mut completions = 1;
        if want != Want::ONE && params.is_feature_min_timeout() {
            arguments = arguments.min_wait_usec(want.moment_us);
            completions = want.completions;
        }
        // SAFETY: with EXT_ARG the argument is a `SubmitArgs`, which with its timespec outlives the call.
        let entered = unsafe {
            self.ring.submitter().enter(self.queued(), completions, flags.bits(), Some(&arguments))
        };
        tolerate(entered)
    }

    fn queued(&self) -> u32 {
        // SAFETY: this thread alone writes the queue, and holds no other view of it here.
        unsafe { self.ring.submission_shared() }.len() as u32
    }

    /// Takes all completions off the ring.
    pub(super) fn collect(&mut self, completions: &mut Vec<Completion>) -> io::Result<()> {
        loop {
            for entry in self.ring.completion() {
                let (tag, result, flags) = (entry.user_data(), entry.result(), entry.flags());
                let completion = Completion { tag, result, flags };
                if !completion.more() && completion.kind() != Some(Kind::TrialSend) {
                    self.operations -= 1;
                }
                completions.push(completion);
            }
            if !self.ring.submission().cq_overflow() {
                return Ok(());
            }
            // The kernel keeps what did not fit, and lets it follow on an enter.
            self.flush()?;
        }
    }
}

/// Time is up; a signal came; or completions have to be collected first: no failures. What was not submitted stays
/// queued.
fn tolerate(entered: io::Result<usize>) -> io::Result<()> {
    match entered {
        Err(error)
            if !matches!(
                error.raw_os_error(),
                Some(libc::ETIME | libc::EINTR | libc::EBUSY | libc::EAGAIN)
            ) =>
        {
            Err(error)
        }
        _ => Ok(()),
    }
}
