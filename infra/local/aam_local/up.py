"""Bring the stack up: what is not there is made, what is there is left alone."""

import hashlib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from aam_local import (
    after_deploy,
    backends,
    build,
    deploy,
    emulator,
    fake_vendors,
    preconditions,
    saved_code,
    speech_model,
)
from aam_local.after_deploy import Deployment
from aam_local.backends import Running, reach
from aam_local.environments import ensure_environment
from aam_local.errors import UserError
from aam_local.installers import Tell
from aam_local.lock import exclusive
from aam_local.paths import Home
from aam_local.programs import Asked, start_programs
from aam_local.secrets import Secrets, load_secrets
from aam_local.state import Backend, Deployed, StackState, load_state, save_state


def bring_up(home: Home, *, tell: Tell, backend: Backend = "embedded", asked: Asked | None = None) -> StackState:
    """Start, build, deploy and migrate; raises UserError with one sentence for people."""
    home.folder.mkdir(parents=True, exist_ok=True)
    machine = preconditions.this_machine(home.folder)
    for note in preconditions.check(machine, stack_exists=home.state.exists()):
        tell(note)
    if backend == "localstack" and asked and asked.fake_vendors:
        raise UserError(
            "The fakes of the vendors listen on the loopback, where LocalStack's functions cannot reach them."
        )
    with exclusive(home, tell):
        secrets = load_secrets(home.secrets)
        before = load_state(home)
        sam = _tools(home, backend, tell)
        tell("tools ready")
        target = "host" if backend == "embedded" else backends.localstack().layer_target
        with ThreadPoolExecutor(max_workers=1) as pool:
            building = pool.submit(build.ensure_built, home, sam, layer_target=target, tell=tell)
            if backend == "embedded":
                state = start_programs(home, before, secrets, asked or Asked())
                tell(f"PostgreSQL on port {state.database_port}, emulator on port {state.emulator_port}")
                if state.fakes:
                    tell("fakes of Deepgram and OpenAI instead of the services: what they say is made up")
            else:
                state = _find_localstack(before)
            sources, built = building.result()
        if built:
            tell("built functions and layers")
        running = reach(state, secrets)
        _end_dev(home, running, tell)
        restarted = state.emulator is None or state.emulator != before.settled
        state, changed = _deploy(home, state, running, sam, sources, tell)
        _after(home, before, state, running, secrets, changed=changed, restarted=restarted, tell=tell)
        if changed or restarted:
            emulator.save(home, state.emulator)
    return state


def _end_dev(home: Home, running: Running, tell: Tell) -> None:
    """Restore what `aam dev` has changed and could not put back, as after a kill."""
    restored = saved_code.restore(home, running)
    if restored:
        tell(f"restored {restored} functions and state machines that 'aam dev' had changed")


def _tools(home: Home, backend: Backend, tell: Tell) -> Path:
    """Make the tools' environments side by side; the `sam` program."""
    with ThreadPoolExecutor(max_workers=1) as pool:
        sam = pool.submit(ensure_environment, home, "sam", tell)
        if backend == "embedded":
            ensure_environment(home, "emulator", tell)
        return sam.result() / "sam"


def _find_localstack(before: StackState) -> StackState:
    running = backends.localstack()
    if not emulator.healthy(running.endpoint):
        raise UserError(
            f"Nothing answers at {running.endpoint}; "
            "run 'docker compose -f localstack-compose.yml up -d' first and try again."
        )
    return before.model_copy(
        update={"backend": "localstack", "emulator_port": backends.LOCALSTACK_PORT, "emulator": None, "fakes": None}
    )


def _deploy(
    home: Home, state: StackState, running: Running, sam: Path, sources: str, tell: Tell
) -> tuple[StackState, bool]:
    """Deploy, unless the very same is deployed already; whether anything was done."""
    speech_model.refresh_runtime(home, tell)
    values = {**deploy.prepare(running), **speech_model.parameters(home), **fake_vendors.parameters(state.fakes)}
    inputs = hashlib.sha256(f"{sources} {sorted(values.items())}".encode()).hexdigest()
    promised = deploy.promised(home.build / "template.yaml")
    stack = deploy.describe(running)
    whole = stack is not None and promised <= stack[1].keys()
    if stack and whole and state.deployed == Deployed(inputs=inputs, stack_id=stack[0]):
        tell("the stack is deployed and unchanged")
        return state.model_copy(update={"outputs": stack[1]}), False
    if state.deployed is not None:  # should this fail halfway, the old inputs are no longer what is deployed
        undecided = state.deployed.model_copy(update={"inputs": ""})
        save_state(home, state.model_copy(update={"deployed": undecided}))
    deploy.deploy(home, sam, running, values)
    stack = deploy.describe(running)
    if stack is None:
        raise UserError(f"The stack {deploy.STACK} is missing after its deploy; run 'aam reset' and try again.")
    missing = sorted(promised - stack[1].keys())
    if missing:
        raise UserError(
            f"The stack {deploy.STACK} lacks {', '.join(missing)} after its deploy; run 'aam down' and 'aam up', "
            "and if that does not help 'aam reset', which deletes all local data."
        )
    tell("deployed")
    deployed = Deployed(inputs=inputs, stack_id=stack[0])
    return state.model_copy(update={"deployed": deployed, "outputs": stack[1]}), True


def _after(
    home: Home,
    before: StackState,
    state: StackState,
    running: Running,
    secrets: Secrets,
    *,
    changed: bool,
    restarted: bool,
    tell: Tell,
) -> None:
    """Run the steps after a deploy; only then is the deploy remembered as done."""
    stack_id = state.deployed.stack_id if state.deployed else None
    deployment = Deployment(
        home=home,
        running=running,
        secrets=secrets,
        outputs=state.outputs,
        changed=changed,
        reborn=before.deployed is None or before.deployed.stack_id != stack_id,
        restarted=restarted,
    )
    after_deploy.run_all(deployment, tell)
    save_state(home, state.model_copy(update={"settled": state.emulator}))
