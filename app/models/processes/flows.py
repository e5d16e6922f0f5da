"""Business processes: their stages, the ways between them, what opens by itself, and the rules of handing over."""

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, Keyed, Versioned, partial_index


class Process(Versioned, Base):
    """A business process; its stages are drawn in the order of their positions."""

    __tablename__ = "processes"
    __table_args__ = (CheckConstraint("name <> ''", name="named"),)

    name: Mapped[str] = mapped_column(unique=True)
    description: Mapped[str] = mapped_column(default="", server_default="")
    is_active: Mapped[bool] = mapped_column(default=True, server_default="1")


class Stage(Versioned, Base):
    """A step of a process: whose profile handles it, and by when it is due.

    A process has at most one intake stage, where its tasks begin; a task that reaches a final stage is closed.
    `due_hours` count from the moment the task enters. What it scores stands in app.models.points.StagePoints.
    """

    __tablename__ = "stages"
    __table_args__ = (
        UniqueConstraint("process_id", "name"),
        UniqueConstraint("id", "process_id"),
        CheckConstraint("name <> ''", name="named"),
        CheckConstraint("due_hours > 0", name="due_hours"),
        partial_index("uq_stages_intake", "process_id", unique=True, where="is_intake"),
    )

    process_id: Mapped[int] = mapped_column(ForeignKey("processes.id", ondelete="CASCADE"))
    name: Mapped[str]
    position: Mapped[int] = mapped_column(default=0, server_default="0")
    profile_id: Mapped[int | None] = mapped_column(ForeignKey("profiles.id"), index=True)
    is_intake: Mapped[bool] = mapped_column(default=False, server_default="0")
    is_final: Mapped[bool] = mapped_column(default=False, server_default="0")
    due_hours: Mapped[int | None]
    mail_template_id: Mapped[int | None] = mapped_column(ForeignKey("mail_templates.id"))


class StageLink(Keyed, Base):
    """That a task may go from one stage to another of its process."""

    __tablename__ = "stage_links"
    __table_args__ = (
        UniqueConstraint("from_stage_id", "to_stage_id"),
        CheckConstraint("from_stage_id <> to_stage_id", name="elsewhere"),
        ForeignKeyConstraint(["from_stage_id", "process_id"], ["stages.id", "stages.process_id"], ondelete="CASCADE"),
        ForeignKeyConstraint(["to_stage_id", "process_id"], ["stages.id", "stages.process_id"], ondelete="CASCADE"),
    )

    process_id: Mapped[int]
    from_stage_id: Mapped[int]
    to_stage_id: Mapped[int] = mapped_column(index=True)
    position: Mapped[int] = mapped_column(default=0, server_default="0")


class StageOpening(Keyed, Base):
    """That a task entering a stage opens a linked task at another stage, usually of another process.

    Openings that would open each other without end are refused by the database.
    """

    __tablename__ = "stage_openings"
    __table_args__ = (UniqueConstraint("stage_id", "opens_stage_id"),)

    stage_id: Mapped[int] = mapped_column(ForeignKey("stages.id", ondelete="CASCADE"))
    opens_stage_id: Mapped[int] = mapped_column(ForeignKey("stages.id", ondelete="CASCADE"), index=True)


class RoutingRules(Versioned, Base):
    """The one row of hand-over rules.

    `administrator_id` gets what nobody else can (none: the first active administrator); `counts_waiting` whether
    tasks that wait count as open; `keeps_absent` whether an earlier handler keeps his task though he is away;
    `heeds_hours` whether somebody outside his working hours counts as away; `intake_type_id` the ticket type of what
    comes in by mail or form; `diary_days` how far the home page looks ahead.
    """

    __tablename__ = "routing_rules"
    __table_args__ = (
        CheckConstraint("id = 1", name="one_row"),
        CheckConstraint("diary_days BETWEEN 1 AND 60", name="diary_days"),
    )

    administrator_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    counts_waiting: Mapped[bool] = mapped_column(default=True, server_default="1")
    keeps_absent: Mapped[bool] = mapped_column(default=False, server_default="0")
    heeds_hours: Mapped[bool] = mapped_column(default=False, server_default="0")
    intake_type_id: Mapped[int | None] = mapped_column(ForeignKey("ticket_types.id", ondelete="SET NULL"))
    reminds_day_before: Mapped[bool] = mapped_column(default=False, server_default="0")
    diary_days: Mapped[int] = mapped_column(default=7, server_default="7")
