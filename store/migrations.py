"""The schema, step by step. A released step is never changed; an upgrade applies all or none."""

from sqlite_utils import Database, Migrations

from store.database import Connection

migrations = Migrations("motcua")


class NewerFile(RuntimeError):
    """The file was written by a newer version than this one."""


@migrations()
def first_day(db: Database) -> None:
    """Everything the first release keeps."""
    for statement in FIRST_DAY.split(";"):
        if statement.strip():
            db.conn.execute(statement)


@migrations()
def drafts_know_their_base(db: Database) -> None:
    """From which configuration a draft was made; nothing for a whole file."""
    db.conn.execute("ALTER TABLE drafts ADD COLUMN base INTEGER")


FIRST_DAY = """
-- the truth
CREATE TABLE journal (
  seq INTEGER PRIMARY KEY, day INTEGER NOT NULL, at INTEGER NOT NULL, who TEXT NOT NULL,
  kind TEXT NOT NULL, payload BLOB NOT NULL, hash BLOB NOT NULL
);
-- what it says: configuration
CREATE TABLE centre (seq INTEGER PRIMARY KEY, digest TEXT NOT NULL, document TEXT NOT NULL,
  why TEXT NOT NULL);
CREATE TABLE plans (
  seq INTEGER PRIMARY KEY, effective TEXT NOT NULL, at INTEGER NOT NULL, who TEXT NOT NULL,
  document TEXT NOT NULL, calendar TEXT NOT NULL, loaded INTEGER, cancelled INTEGER,
  why TEXT NOT NULL
);
CREATE TABLE calendars (seq INTEGER PRIMARY KEY, version TEXT NOT NULL, document TEXT NOT NULL);
CREATE TABLE procedures (
  code TEXT PRIMARY KEY, title TEXT NOT NULL, sector TEXT NOT NULL, record TEXT NOT NULL, folded TEXT NOT NULL
);
CREATE VIRTUAL TABLE procedures_words USING fts5 (
  folded, content='procedures', content_rowid='rowid', tokenize='unicode61', prefix='2 3'
);
CREATE TABLE staff (
  id TEXT PRIMARY KEY, roles TEXT NOT NULL, agency TEXT, counter INTEGER
);
CREATE TABLE shortcuts (person TEXT PRIMARY KEY, keys TEXT NOT NULL, off INTEGER NOT NULL);
CREATE TABLE devices (id TEXT PRIMARY KEY, paired_at INTEGER, revoked_at INTEGER);
CREATE TABLE stopped_devices (
  device TEXT PRIMARY KEY, reason TEXT NOT NULL, at INTEGER NOT NULL, until INTEGER, who TEXT NOT NULL
);
CREATE TABLE tokens (id INTEGER PRIMARY KEY, holder TEXT NOT NULL, kind TEXT NOT NULL, label TEXT NOT NULL,
  given_at INTEGER NOT NULL, revoked_at INTEGER);
-- what it says: the day
CREATE TABLE days (id INTEGER PRIMARY KEY, label TEXT NOT NULL, opened_at INTEGER NOT NULL);
CREATE TABLE stopped_queues (
  queue TEXT PRIMARY KEY, reason TEXT NOT NULL, at INTEGER NOT NULL, until INTEGER
);
CREATE TABLE notices (
  seq INTEGER PRIMARY KEY, day INTEGER NOT NULL, at INTEGER NOT NULL, kind TEXT NOT NULL, queue TEXT NOT NULL,
  hall TEXT NOT NULL, reason TEXT NOT NULL, until INTEGER
);
CREATE INDEX notices_of_day ON notices (day, seq);
CREATE TABLE bulletins (
  seq INTEGER PRIMARY KEY, hall TEXT NOT NULL, vi TEXT NOT NULL, en TEXT NOT NULL, fr TEXT NOT NULL,
  starts INTEGER NOT NULL, ends INTEGER, taken_down INTEGER
);
CREATE TABLE announcements (
  zone TEXT NOT NULL, seq INTEGER NOT NULL, day INTEGER NOT NULL, at INTEGER NOT NULL, outcome TEXT NOT NULL,
  milliseconds INTEGER NOT NULL, PRIMARY KEY (zone, seq)
) WITHOUT ROWID;
CREATE INDEX announcements_of_day ON announcements (day, zone);
CREATE INDEX announcements_by_seq ON announcements (seq);
CREATE TABLE kept_queues (queue TEXT PRIMARY KEY, reason TEXT NOT NULL, at INTEGER NOT NULL);
CREATE TABLE lines (
  day INTEGER NOT NULL, queue TEXT NOT NULL, last_n INTEGER NOT NULL, waiting INTEGER NOT NULL,
  newest INTEGER NOT NULL,
  PRIMARY KEY (day, queue)
) WITHOUT ROWID;
CREATE TABLE tickets (
  id INTEGER PRIMARY KEY, day INTEGER NOT NULL, queue TEXT NOT NULL, prefix TEXT NOT NULL, n INTEGER NOT NULL,
  state TEXT NOT NULL, key INTEGER NOT NULL, arrived_at INTEGER NOT NULL, ahead INTEGER NOT NULL,
  language TEXT NOT NULL, priority TEXT, kiosk TEXT NOT NULL,
  counter INTEGER, called_at INTEGER, ended_at INTEGER, outcome TEXT,
  home TEXT NOT NULL, privileged INTEGER NOT NULL, slot INTEGER, appointment INTEGER, base INTEGER NOT NULL,
  started_at INTEGER, for_counter INTEGER, for_person TEXT, directed INTEGER NOT NULL, note TEXT NOT NULL,
  kept_from TEXT, turn REAL NOT NULL, wait TEXT,
  UNIQUE (day, home, n)
);
CREATE INDEX tickets_waiting ON tickets (queue, directed, privileged, key, turn, id) WHERE state = 'waiting';
CREATE INDEX tickets_directed ON tickets (for_counter, for_person) WHERE state = 'waiting' AND directed = 1;
CREATE INDEX tickets_called ON tickets (counter) WHERE state = 'called';
CREATE INDEX tickets_parked ON tickets (counter) WHERE state = 'parked';
CREATE INDEX tickets_away ON tickets (ended_at) WHERE state = 'absent';
CREATE INDEX tickets_of_day ON tickets (day, state);
CREATE INDEX tickets_kept ON tickets (day) WHERE kept_from IS NOT NULL;
CREATE TABLE estimates (
  ticket INTEGER PRIMARY KEY, day INTEGER NOT NULL, at INTEGER NOT NULL, queue TEXT NOT NULL, kind TEXT NOT NULL,
  point REAL NOT NULL, low REAL NOT NULL, high REAL NOT NULL, method TEXT NOT NULL, silence TEXT,
  called_at INTEGER, void INTEGER NOT NULL
);
CREATE INDEX estimates_of_day ON estimates (day);
CREATE TABLE refusals (seq INTEGER PRIMARY KEY, at INTEGER NOT NULL, queue TEXT NOT NULL, reason TEXT NOT NULL);
CREATE INDEX refusals_by_time ON refusals (at);
CREATE TABLE moves (
  seq INTEGER PRIMARY KEY, ticket INTEGER NOT NULL, counter INTEGER NOT NULL, who TEXT NOT NULL,
  kind TEXT NOT NULL, at INTEGER NOT NULL, standing TEXT NOT NULL, undone INTEGER NOT NULL
);
CREATE INDEX moves_of_ticket ON moves (ticket, seq);
CREATE INDEX moves_of_counter ON moves (counter, seq);
CREATE TABLE calls (
  seq INTEGER PRIMARY KEY, day INTEGER NOT NULL, ticket INTEGER NOT NULL, counter INTEGER NOT NULL,
  at INTEGER NOT NULL, kind TEXT NOT NULL, person TEXT NOT NULL,
  reason TEXT NOT NULL, policy TEXT NOT NULL, key INTEGER, runner_up INTEGER, privileged INTEGER NOT NULL
);
CREATE INDEX calls_of_day ON calls (day, seq);
CREATE INDEX calls_of_counter ON calls (counter, seq) WHERE kind = 'call';
CREATE INDEX calls_of_ticket ON calls (ticket, seq);
CREATE TABLE shifts (
  id INTEGER PRIMARY KEY, counter INTEGER NOT NULL, person TEXT NOT NULL, opened_at INTEGER NOT NULL,
  closed_at INTEGER
);
CREATE UNIQUE INDEX shifts_one_person ON shifts (counter) WHERE closed_at IS NULL;
CREATE UNIQUE INDEX shifts_one_counter ON shifts (person) WHERE closed_at IS NULL;
CREATE TABLE skills (counter INTEGER PRIMARY KEY, queues TEXT NOT NULL, secondary TEXT NOT NULL);
CREATE TABLE pauses (
  seq INTEGER PRIMARY KEY, counter INTEGER NOT NULL, who TEXT NOT NULL, reason TEXT NOT NULL,
  minutes INTEGER NOT NULL, at INTEGER NOT NULL, ended_at INTEGER
);
CREATE UNIQUE INDEX pauses_open ON pauses (counter) WHERE ended_at IS NULL;
CREATE TABLE alarms (
  seq INTEGER PRIMARY KEY, counter INTEGER NOT NULL, person TEXT NOT NULL, at INTEGER NOT NULL,
  ended_at INTEGER, false_alarm INTEGER
);
CREATE UNIQUE INDEX alarms_open ON alarms (counter) WHERE ended_at IS NULL;
CREATE TABLE appointments (
  id INTEGER PRIMARY KEY, queue TEXT NOT NULL, slot INTEGER NOT NULL, state TEXT NOT NULL,
  by_staff INTEGER NOT NULL, ticket INTEGER, reason TEXT NOT NULL
);
CREATE INDEX appointments_of_slot ON appointments (queue, slot, state);
CREATE INDEX appointments_of_time ON appointments (slot);
CREATE TABLE ratings (
  ticket INTEGER PRIMARY KEY, day INTEGER NOT NULL, at INTEGER NOT NULL, queue TEXT NOT NULL,
  counter INTEGER NOT NULL, score INTEGER NOT NULL, reason TEXT NOT NULL, seq INTEGER NOT NULL
);
CREATE INDEX ratings_of_day ON ratings (day, at);
CREATE INDEX ratings_of_counter ON ratings (counter, at);
-- what it says: dossiers and the work that leaves the house
CREATE TABLE dossiers (
  code TEXT PRIMARY KEY, seq INTEGER NOT NULL, day INTEGER NOT NULL, ticket INTEGER, counter INTEGER,
  person TEXT NOT NULL, procedure TEXT NOT NULL, agency TEXT NOT NULL, particulars INTEGER NOT NULL,
  received_at INTEGER NOT NULL, due INTEGER, status INTEGER NOT NULL, facts TEXT NOT NULL,
  unit TEXT NOT NULL, steps INTEGER NOT NULL, supplements INTEGER NOT NULL, extended INTEGER NOT NULL,
  submitted_at INTEGER NOT NULL, finished_at INTEGER, returned_at INTEGER, handed_to TEXT NOT NULL,
  decides TEXT NOT NULL
);
CREATE UNIQUE INDEX dossiers_in_order ON dossiers (seq);
CREATE INDEX dossiers_received ON dossiers (
  received_at, status, finished_at, due, decides, unit, handed_to, person, code
);
CREATE INDEX dossiers_standing ON dossiers (status, due);
CREATE INDEX dossiers_handed ON dossiers (seq) WHERE handed_to <> '';
CREATE VIRTUAL TABLE dossier_codes USING fts5(code, content='dossiers', content_rowid='seq', tokenize='trigram');
CREATE TABLE dossier_steps (
  dossier TEXT NOT NULL, number INTEGER NOT NULL, seq INTEGER NOT NULL, at INTEGER NOT NULL, person TEXT NOT NULL,
  act TEXT NOT NULL, before INTEGER NOT NULL, after INTEGER NOT NULL, unit TEXT NOT NULL, words INTEGER,
  due INTEGER, facts TEXT NOT NULL, beyond INTEGER NOT NULL, PRIMARY KEY (dossier, number)
) WITHOUT ROWID;
CREATE INDEX dossier_steps_at ON dossier_steps (at);
CREATE TABLE turned_visits (
  seq INTEGER PRIMARY KEY, way TEXT NOT NULL, ticket INTEGER, counter INTEGER NOT NULL, person TEXT NOT NULL,
  procedure TEXT NOT NULL, particulars INTEGER NOT NULL, words INTEGER NOT NULL, at INTEGER NOT NULL
);
CREATE TABLE ministry_references (
  seq INTEGER PRIMARY KEY, ticket INTEGER, counter INTEGER NOT NULL, person TEXT NOT NULL, procedure TEXT NOT NULL,
  system TEXT NOT NULL, reference TEXT NOT NULL, at INTEGER NOT NULL
);
CREATE INDEX dossiers_of_day ON dossiers (day, seq);
CREATE INDEX dossiers_due ON dossiers (due);
CREATE INDEX dossiers_of_counter ON dossiers (counter, seq);
CREATE TABLE print_jobs (
  id INTEGER PRIMARY KEY, printer TEXT NOT NULL, kind TEXT NOT NULL, subject TEXT NOT NULL, copy INTEGER NOT NULL,
  state TEXT NOT NULL, note TEXT NOT NULL, asked_at INTEGER NOT NULL, ended_at INTEGER,
  grade TEXT NOT NULL, first_printer TEXT NOT NULL, pieces INTEGER NOT NULL, total INTEGER NOT NULL,
  rows INTEGER NOT NULL, sha256 TEXT NOT NULL, layout INTEGER NOT NULL, status TEXT NOT NULL,
  tries INTEGER NOT NULL,
  UNIQUE (kind, subject, copy)
);
CREATE INDEX print_jobs_open ON print_jobs (printer, id) WHERE state = 'queued';
CREATE INDEX print_jobs_unsure ON print_jobs (asked_at) WHERE state IN ('unknown', 'expired');
CREATE TABLE printer_pasts (
  printer TEXT PRIMARY KEY, answers TEXT NOT NULL, rows INTEGER NOT NULL, roll_at INTEGER, confirmed_at INTEGER,
  tested_at INTEGER, width INTEGER, layout INTEGER, edges INTEGER, letters INTEGER, codes INTEGER
);
CREATE TABLE portal_messages (
  id INTEGER PRIMARY KEY AUTOINCREMENT, dossier TEXT NOT NULL, kind TEXT NOT NULL, step INTEGER NOT NULL,
  state TEXT NOT NULL, answer TEXT NOT NULL, asked_at INTEGER NOT NULL, ended_at INTEGER
);
CREATE INDEX portal_messages_open ON portal_messages (id) WHERE state = 'queued';
CREATE INDEX portal_messages_of_dossier ON portal_messages (dossier, id);
CREATE TABLE portal_stops (
  seq INTEGER PRIMARY KEY, person TEXT NOT NULL, reason TEXT NOT NULL, at INTEGER NOT NULL,
  resumed_at INTEGER
);
CREATE TABLE differences (
  dossier TEXT PRIMARY KEY, seq INTEGER NOT NULL, kind TEXT NOT NULL, ours INTEGER, theirs INTEGER,
  at INTEGER NOT NULL, state TEXT NOT NULL, reason TEXT NOT NULL, person TEXT NOT NULL
);
CREATE TABLE reconciliations (
  seq INTEGER PRIMARY KEY, at INTEGER NOT NULL, begun INTEGER NOT NULL, looked INTEGER NOT NULL,
  found INTEGER NOT NULL, whole INTEGER NOT NULL
);
CREATE TABLE procedure_versions (seq INTEGER PRIMARY KEY, code TEXT NOT NULL, record TEXT NOT NULL);
CREATE INDEX procedure_versions_of ON procedure_versions (code, seq);
CREATE INDEX portal_messages_parked ON portal_messages (dossier) WHERE state = 'parked';
CREATE TABLE removals (
  seq INTEGER PRIMARY KEY, held TEXT NOT NULL, days INTEGER NOT NULL, at INTEGER NOT NULL,
  subjects INTEGER NOT NULL, rows INTEGER NOT NULL
);
CREATE TABLE removed_data (
  subject INTEGER NOT NULL, held TEXT NOT NULL, at INTEGER NOT NULL, PRIMARY KEY (subject, held)
) WITHOUT ROWID;
CREATE TABLE fees (
  id INTEGER PRIMARY KEY, dossier TEXT NOT NULL, kind TEXT NOT NULL, text TEXT NOT NULL, amount INTEGER NOT NULL,
  timing TEXT NOT NULL, relief TEXT NOT NULL, relief_text TEXT NOT NULL, state TEXT NOT NULL, means TEXT,
  series TEXT, number INTEGER, asked_at INTEGER NOT NULL, ended_at INTEGER, reason TEXT NOT NULL
);
CREATE INDEX fees_of_dossier ON fees (dossier, id);
CREATE TABLE receipts (
  series TEXT NOT NULL, number INTEGER NOT NULL, fee INTEGER NOT NULL UNIQUE, day INTEGER NOT NULL,
  at INTEGER NOT NULL, means TEXT NOT NULL, amount INTEGER NOT NULL, person TEXT NOT NULL, reference TEXT NOT NULL,
  refunded_day INTEGER, refunded_at INTEGER, refunded_means TEXT, PRIMARY KEY (series, number)
) WITHOUT ROWID;
CREATE INDEX receipts_of_day ON receipts (day);
CREATE INDEX receipts_refunded ON receipts (refunded_day) WHERE refunded_day IS NOT NULL;
CREATE TABLE payments (
  reference TEXT PRIMARY KEY, fee INTEGER NOT NULL, amount INTEGER NOT NULL, begun_at INTEGER NOT NULL,
  ended_at INTEGER, code TEXT NOT NULL
);
CREATE INDEX payments_of_fee ON payments (fee);
CREATE TABLE confirmations (
  payment TEXT PRIMARY KEY, reference TEXT NOT NULL, amount INTEGER NOT NULL, fee INTEGER, day INTEGER NOT NULL,
  at INTEGER NOT NULL, trouble TEXT NOT NULL, settled_at INTEGER, settled TEXT NOT NULL
);
CREATE INDEX confirmations_open ON confirmations (at) WHERE trouble <> '' AND settled_at IS NULL;
CREATE TABLE lookups (
  seq INTEGER PRIMARY KEY, dossier TEXT NOT NULL, database TEXT NOT NULL, purpose TEXT NOT NULL,
  person TEXT NOT NULL, outcome TEXT NOT NULL, reason TEXT NOT NULL, at INTEGER NOT NULL,
  milliseconds INTEGER NOT NULL
);
CREATE INDEX lookups_of_dossier ON lookups (dossier, database, seq);
CREATE TABLE letters (
  id INTEGER PRIMARY KEY, kind TEXT NOT NULL, dossier TEXT, document TEXT NOT NULL, sender TEXT NOT NULL,
  receivers TEXT NOT NULL, body INTEGER NOT NULL, state TEXT NOT NULL, answer TEXT NOT NULL, axis_id TEXT NOT NULL,
  digest TEXT NOT NULL, at INTEGER NOT NULL, since INTEGER NOT NULL, changed_at INTEGER, resent INTEGER NOT NULL
);
CREATE UNIQUE INDEX letters_by_document ON letters (document) WHERE sender = '';
CREATE UNIQUE INDEX letters_by_number ON letters (axis_id) WHERE sender <> '';
CREATE INDEX letters_by_digest ON letters (digest) WHERE sender <> '';
CREATE INDEX letters_open ON letters (id) WHERE state IN ('queued', 'parked');
CREATE INDEX letters_of_dossier ON letters (dossier, id) WHERE dossier IS NOT NULL;
CREATE TABLE letter_statuses (
  seq INTEGER PRIMARY KEY, letter INTEGER NOT NULL, receiver TEXT NOT NULL, code TEXT NOT NULL,
  axis_id TEXT NOT NULL UNIQUE, at INTEGER NOT NULL
);
CREATE INDEX letter_statuses_of ON letter_statuses (letter, seq);
CREATE TABLE letter_answers (id INTEGER PRIMARY KEY, letter INTEGER NOT NULL, code TEXT NOT NULL,
  person TEXT NOT NULL, words INTEGER, state TEXT NOT NULL, reason TEXT NOT NULL, at INTEGER NOT NULL);
CREATE INDEX letter_answers_of ON letter_answers (letter, id);
CREATE INDEX letter_answers_open ON letter_answers (id) WHERE state = 'queued';
CREATE TABLE attachments (
  id INTEGER PRIMARY KEY, dossier TEXT NOT NULL, part TEXT NOT NULL, component TEXT NOT NULL, media TEXT NOT NULL,
  size INTEGER NOT NULL, address TEXT NOT NULL, digitised INTEGER NOT NULL, reused INTEGER NOT NULL,
  from_warehouse INTEGER NOT NULL, who TEXT NOT NULL, at INTEGER NOT NULL, removed_at INTEGER
);
CREATE INDEX attachments_of_dossier ON attachments (dossier, id);
CREATE INDEX attachments_at ON attachments (address) WHERE removed_at IS NULL;
CREATE TABLE file_links (
  id INTEGER PRIMARY KEY, file INTEGER NOT NULL, expires INTEGER NOT NULL, fetches INTEGER NOT NULL,
  fetched_at INTEGER
);
CREATE INDEX file_links_of_file ON file_links (file, id);
CREATE TABLE receivers (
  id INTEGER PRIMARY KEY, label TEXT NOT NULL, address TEXT NOT NULL, ahead INTEGER NOT NULL,
  added_at INTEGER NOT NULL, removed_at INTEGER
);
CREATE TABLE receiver_messages (
  id INTEGER PRIMARY KEY AUTOINCREMENT, receiver INTEGER NOT NULL, day INTEGER NOT NULL, ticket INTEGER NOT NULL,
  kind TEXT NOT NULL, cause INTEGER NOT NULL, ahead INTEGER, counter INTEGER, at INTEGER NOT NULL,
  state TEXT NOT NULL, since INTEGER NOT NULL, ended_at INTEGER, answer TEXT NOT NULL,
  UNIQUE (receiver, ticket, kind, cause)
);
CREATE INDEX receiver_messages_of ON receiver_messages (receiver, id);
CREATE INDEX receiver_messages_open ON receiver_messages (receiver, id) WHERE state = 'queued';
CREATE INDEX receiver_messages_of_ticket ON receiver_messages (receiver, ticket, id);
CREATE TABLE refused_arrivals (seq INTEGER PRIMARY KEY, source TEXT NOT NULL, code TEXT NOT NULL,
  part TEXT NOT NULL, reason TEXT NOT NULL, digest TEXT NOT NULL, at INTEGER NOT NULL, state TEXT NOT NULL);
CREATE INDEX refused_arrivals_of ON refused_arrivals (code, part);
CREATE INDEX refused_arrivals_same ON refused_arrivals (digest);
CREATE INDEX refused_arrivals_open ON refused_arrivals (seq) WHERE state = 'open';
-- the vault: what a journal must not hold
CREATE TABLE people (id TEXT PRIMARY KEY, login TEXT NOT NULL UNIQUE, name TEXT NOT NULL, password_hash TEXT,
  pin_hash TEXT);
CREATE TABLE planned_people (
  plan INTEGER NOT NULL, person TEXT NOT NULL, login TEXT NOT NULL, name TEXT NOT NULL,
  PRIMARY KEY (plan, person)
) WITHOUT ROWID;
CREATE TABLE particulars (id INTEGER PRIMARY KEY, sealed BLOB NOT NULL);
CREATE TABLE attachment_names (file INTEGER PRIMARY KEY, sealed BLOB NOT NULL);
CREATE TABLE dossier_words (id INTEGER PRIMARY KEY, sealed BLOB NOT NULL);
CREATE TABLE dossier_marks (
  mark BLOB NOT NULL, seq INTEGER NOT NULL, PRIMARY KEY (mark, seq)
) WITHOUT ROWID;
CREATE INDEX dossier_marks_of ON dossier_marks (seq);
CREATE TABLE inbox_contents (dossier TEXT NOT NULL, part TEXT NOT NULL, digest BLOB NOT NULL, at INTEGER NOT NULL,
  PRIMARY KEY (dossier, part)) WITHOUT ROWID;
CREATE TABLE inbox_forms (dossier TEXT NOT NULL, part TEXT NOT NULL, sealed BLOB NOT NULL,
  PRIMARY KEY (dossier, part)) WITHOUT ROWID;
CREATE TABLE refused_contents (arrival INTEGER PRIMARY KEY, sealed BLOB NOT NULL);
CREATE TABLE device_tokens (device TEXT PRIMARY KEY, hash BLOB NOT NULL UNIQUE);
CREATE TABLE token_hashes (hash BLOB PRIMARY KEY, token INTEGER NOT NULL);
CREATE TABLE appointment_codes (appointment INTEGER PRIMARY KEY, hash BLOB NOT NULL UNIQUE);
CREATE TABLE appointment_holders (appointment INTEGER PRIMARY KEY, hash BLOB NOT NULL);
CREATE INDEX appointment_holders_of ON appointment_holders (hash);
CREATE TABLE card_holders (
  kind TEXT NOT NULL, subject TEXT NOT NULL, hash BLOB NOT NULL, PRIMARY KEY (kind, subject)
) WITHOUT ROWID;
CREATE INDEX card_holders_of ON card_holders (hash, kind);
CREATE TABLE rating_words (ticket INTEGER PRIMARY KEY, sealed BLOB NOT NULL);
CREATE TABLE receiver_secrets (receiver INTEGER PRIMARY KEY, sealed BLOB NOT NULL);
CREATE TABLE letter_bodies (id INTEGER PRIMARY KEY, sealed BLOB NOT NULL, raw BLOB);
-- housekeeping: what may be forgotten
CREATE TABLE rating_skips (ticket INTEGER PRIMARY KEY);
CREATE TABLE drafts (id INTEGER PRIMARY KEY AUTOINCREMENT, at INTEGER NOT NULL, sealed BLOB NOT NULL);
CREATE TABLE device_changes (
  id INTEGER PRIMARY KEY, device TEXT NOT NULL, at INTEGER NOT NULL, heard INTEGER NOT NULL, told TEXT NOT NULL
);
CREATE INDEX device_changes_of ON device_changes (device, id);
CREATE TABLE pairing_codes (
  device TEXT PRIMARY KEY, hash BLOB NOT NULL, expires_at INTEGER NOT NULL, tries_left INTEGER NOT NULL
);
CREATE TABLE requests (
  id TEXT PRIMARY KEY, day INTEGER NOT NULL, digest BLOB NOT NULL, answer BLOB NOT NULL
);
CREATE TABLE sign_ins (
  hash BLOB PRIMARY KEY, person TEXT NOT NULL, at INTEGER NOT NULL, expires_at INTEGER NOT NULL,
  locked INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TABLE inbox_nonces (nonce TEXT PRIMARY KEY, at INTEGER NOT NULL) WITHOUT ROWID;
CREATE INDEX inbox_nonces_at ON inbox_nonces (at);
CREATE TABLE poll_cursors (source TEXT PRIMARY KEY, cursor TEXT NOT NULL, at INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE catalogue_rows (code TEXT PRIMARY KEY, record TEXT NOT NULL, at INTEGER NOT NULL);
CREATE TABLE catalogue_runs (
  id INTEGER PRIMARY KEY, at INTEGER NOT NULL, codes TEXT NOT NULL, ended_at INTEGER
);
CREATE TABLE leases (
  kind TEXT NOT NULL, job INTEGER NOT NULL, until INTEGER NOT NULL, attempts INTEGER NOT NULL,
  started INTEGER NOT NULL, note TEXT NOT NULL, PRIMARY KEY (kind, job)
) WITHOUT ROWID
"""

# Replaying the journal gives every table outside these two lists.
VAULT = (
    "people", "planned_people", "particulars", "dossier_words", "dossier_marks", "attachment_names",
    "inbox_contents", "inbox_forms", "refused_contents", "device_tokens", "token_hashes", "appointment_codes",
    "appointment_holders", "card_holders", "rating_words", "receiver_secrets", "letter_bodies",
)  # fmt: skip
HOUSEKEEPING = (
    "drafts", "device_changes", "pairing_codes", "requests", "sign_ins", "leases", "rating_skips", "inbox_nonces",
    "poll_cursors", "catalogue_rows", "catalogue_runs",
)  # fmt: skip


def upgrade(db: Connection) -> list[str]:
    """Bring the file to this version's schema, wholly or not at all; gives the names of the steps taken.

    Raises NewerFile when the file knows steps that this version does not.
    """
    wrapped = Database(db)
    db.execute("BEGIN IMMEDIATE")  # two processes starting at once: the second one waits and finds it done
    try:
        known = {step.name for step in migrations._migrations}
        newer = [step.name for step in migrations.applied(wrapped) if step.name not in known]
        if newer:
            raise NewerFile(f"tệp này do một phiên bản mới hơn ghi (bước {', '.join(newer)}): cài phiên bản đó")
        pending = [step.name for step in migrations.pending(wrapped)]
        if pending:
            migrations.apply(wrapped)
        db.execute("COMMIT")
    except BaseException:
        if db.in_transaction:
            db.execute("ROLLBACK")
        raise
    return pending
