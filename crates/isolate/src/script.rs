//! The entry as a script: evaluated in one isolate until nothing is left to do, without a server. For development and tests.

use std::sync::Arc;

use crate::error::Error;
use crate::limits::{Cause, Stop};
use crate::ops::process::{Role, Uncaught};
use crate::pool::Shared;
use crate::runtime::{Runtime, failure_of};

/// Evaluates the entry as a script: no server, until nothing is left to do.
///
/// # Errors
/// What it threw, or did not catch.
pub(crate) async fn run(shared: &Arc<Shared>) -> Result<(), Error> {
    let role = Role { leader: true, replacement: false, starting: true };
    let mut runtime = Runtime::new(shared.guest(role), shared.config.heap_limit, &shared.supervisor).map_err(Error::Startup)?;
    let failed = |e: deno_core::error::CoreError| Error::Startup(failure_of(&e));
    runtime.meter.enter(shared.config.startup_timeout, &shared.supervisor);
    let ran = async {
        let module = runtime.js.load_main_es_module(&shared.bundle.entry_url()).await?;
        let evaluation = runtime.js.mod_evaluate(module);
        let options = deno_core::PollEventLoopOptions::default();
        runtime.js.with_event_loop_future(evaluation, options).await?;
        runtime.js.run_event_loop(options).await
    };
    let ran = ran.await;
    if let Some(Stop { cause: Cause::Exit(code), .. }) = runtime.meter.exit() {
        return Err(Error::Exited { code });
    }
    ran.map_err(failed)?;
    let state = runtime.js.op_state();
    let uncaught = std::mem::take(&mut state.borrow_mut().borrow_mut::<Uncaught>().0);
    match uncaught.into_iter().next() {
        Some(failure) => Err(Error::Threw(failure)),
        None => Ok(()),
    }
}
