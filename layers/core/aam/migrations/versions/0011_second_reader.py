"""the second reader: a stage of its own, and calls that read rather than write."""

from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

BEGIN = "'probe', 'extract_audio', 'transcribe', 'write_artifacts', 'verify_evidence'{}, 'finish'"
PURPOSES = "purpose in ('map', 'reduce', 'repair'{})"


def allow(reader_stage: str, reader_purpose: str) -> None:
    stages = BEGIN.format(reader_stage)
    for name, table, rule in (
        (op.f("ck_processing_runs_stage"), "processing_runs", f"stage in ('queued', {stages})"),
        (op.f("ck_processing_runs_from_stage"), "processing_runs", f"from_stage in ({stages})"),
        # as revision 0006 made it, whose name took the convention's prefix twice
        ("ck_llm_interactions_purpose", "llm_interactions", PURPOSES.format(reader_purpose)),
    ):
        op.drop_constraint(name, table, type_="check")
        op.create_check_constraint(name, table, rule)


def upgrade() -> None:
    allow(", 'confirm_meaning'", ", 'read'")


def downgrade() -> None:
    op.execute("UPDATE processing_runs SET stage = 'verify_evidence' WHERE stage = 'confirm_meaning'")
    op.execute("UPDATE processing_runs SET from_stage = 'verify_evidence' WHERE from_stage = 'confirm_meaning'")
    op.execute("UPDATE processing_runs SET stage_started = stage_started - 'confirm_meaning'")
    op.execute("UPDATE llm_interactions SET purpose = 'map' WHERE purpose = 'read'")
    allow("", "")
