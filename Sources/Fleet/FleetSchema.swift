/// The controller's own tables, beside those that analysts query. Published scripts never change; new ones follow.
enum FleetSchema {
    static let migrations: [String] = [
        """
        CREATE TABLE controller_agents (
            agent TEXT PRIMARY KEY,
            -- one line in the OpenSSH form
            public_key TEXT NOT NULL,
            state TEXT NOT NULL CHECK (state IN ('pending', 'enrolled', 'revoked')),
            registered_at TEXT NOT NULL
        ) STRICT;
        CREATE TABLE controller_projects (
            project TEXT PRIMARY KEY,
            salt TEXT NOT NULL,
            pepper TEXT NOT NULL
        ) STRICT;
        CREATE TABLE controller_entitlements (
            agent TEXT NOT NULL,
            project TEXT NOT NULL REFERENCES controller_projects,
            PRIMARY KEY (agent, project)
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE controller_tokens (
            -- SHA-256 of the token, which itself is kept nowhere
            digest TEXT PRIMARY KEY,
            agent TEXT NOT NULL,
            -- separated by spaces
            projects TEXT NOT NULL,
            expires_at INTEGER NOT NULL,
            used_at TEXT
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE controller_audit (
            at TEXT NOT NULL,
            event TEXT NOT NULL,
            agent TEXT,
            project TEXT,
            detail TEXT
        ) STRICT;
        CREATE TABLE controller_trackers (
            project TEXT NOT NULL,
            file TEXT NOT NULL,
            content TEXT NOT NULL,
            updated_at TEXT NOT NULL,
            PRIMARY KEY (project, file)
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE controller_bundles (
            agent TEXT NOT NULL,
            project TEXT NOT NULL,
            run TEXT NOT NULL,
            manifest_sha256 TEXT NOT NULL,
            size INTEGER NOT NULL,
            received_at TEXT NOT NULL,
            state TEXT NOT NULL CHECK (state IN ('received', 'imported', 'failed')),
            imported_at TEXT,
            rows INTEGER,
            reason TEXT,
            PRIMARY KEY (agent, project, run)
        ) STRICT;
        """,
        """
        CREATE TABLE controller_triggers (
            -- never used again
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            agent TEXT NOT NULL,
            project TEXT NOT NULL,
            requested_at TEXT NOT NULL,
            delivered_at TEXT,
            acknowledged_at TEXT
        ) STRICT;
        CREATE INDEX controller_triggers_waiting ON controller_triggers (agent) WHERE acknowledged_at IS NULL;
        """,
        """
        -- Agents of the older system do not sign their requests.
        ALTER TABLE controller_agents ADD COLUMN is_legacy INTEGER NOT NULL DEFAULT 0;
        -- The key that takes the place of the other one as soon as the agent uses it.
        ALTER TABLE controller_agents ADD COLUMN next_key TEXT;
        ALTER TABLE controller_agents ADD COLUMN banned_at TEXT;
        -- How often the agent registered, and the word that its state directory chose for the latest time: another
        -- directory with the same key, a copy, has other ones.
        ALTER TABLE controller_agents ADD COLUMN generation INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE controller_agents ADD COLUMN lineage TEXT;
        ALTER TABLE controller_agents ADD COLUMN copy_seen_at TEXT;
        ALTER TABLE controller_agents ADD COLUMN copy_address TEXT;
        ALTER TABLE controller_agents ADD COLUMN seen_at TEXT;
        ALTER TABLE controller_agents ADD COLUMN address TEXT;
        ALTER TABLE controller_agents ADD COLUMN version TEXT;
        ALTER TABLE controller_projects ADD COLUMN days INTEGER;
        ALTER TABLE controller_projects ADD COLUMN drift_minutes INTEGER;
        ALTER TABLE controller_projects ADD COLUMN allowed_at TEXT;
        ALTER TABLE controller_projects ADD COLUMN locked_at TEXT;
        ALTER TABLE controller_projects ADD COLUMN lock_reason TEXT;
        -- Keys that an operator entered before their agents registered.
        CREATE TABLE controller_expected_keys (
            agent TEXT PRIMARY KEY,
            fingerprint TEXT NOT NULL,
            -- separated by spaces
            projects TEXT NOT NULL,
            entered_at TEXT NOT NULL
        ) STRICT;
        CREATE TABLE controller_networks (
            -- a project, or `*` for all
            project TEXT NOT NULL,
            -- who may come from there: its agents, or visitors who look at results
            visitors INTEGER NOT NULL,
            network TEXT NOT NULL,
            PRIMARY KEY (project, visitors, network)
        ) STRICT;
        CREATE TABLE controller_users (
            name TEXT PRIMARY KEY,
            role TEXT NOT NULL CHECK (role IN ('admin', 'viewer')),
            password TEXT NOT NULL,
            added_at TEXT NOT NULL
        ) STRICT;
        CREATE TABLE controller_sessions (
            -- SHA-256 of the cookie
            digest TEXT PRIMARY KEY,
            name TEXT NOT NULL,
            form_token TEXT NOT NULL,
            expires_at INTEGER NOT NULL
        ) STRICT;
        CREATE TABLE controller_shared_salts (
            id INTEGER PRIMARY KEY CHECK (id = 1),
            salt TEXT NOT NULL,
            pepper TEXT NOT NULL
        ) STRICT;
        CREATE TABLE controller_counters (
            name TEXT PRIMARY KEY,
            value INTEGER NOT NULL
        ) STRICT;
        CREATE TABLE bigboat_status (
            project TEXT NOT NULL,
            name TEXT NOT NULL,
            checked_date TEXT NOT NULL,
            ok INTEGER,
            value REAL,
            max REAL,
            source TEXT,
            agent TEXT NOT NULL,
            PRIMARY KEY (project, name, checked_date)
        ) STRICT;
        """,
        """
        -- Keys that agents had before. What one sealed with such a key may still wait when it delivers with a newer one.
        CREATE TABLE controller_former_keys (
            agent TEXT NOT NULL,
            public_key TEXT NOT NULL,
            ended_at TEXT NOT NULL,
            PRIMARY KEY (agent, public_key)
        ) STRICT;
        """,
        """
        -- Agents of the older system do not sign what they deliver.
        ALTER TABLE controller_bundles ADD COLUMN is_signed INTEGER NOT NULL DEFAULT 1;
        """,
        """
        -- The lines of the audit trail are numbered: several are written in one second.
        ALTER TABLE controller_audit RENAME TO controller_audit_before;
        CREATE TABLE controller_audit (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            at TEXT NOT NULL,
            event TEXT NOT NULL,
            agent TEXT,
            project TEXT,
            detail TEXT
        ) STRICT;
        INSERT INTO controller_audit (at, event, agent, project, detail)
        SELECT at, event, agent, project, detail FROM controller_audit_before ORDER BY at;
        DROP TABLE controller_audit_before;
        """,
        """
        -- Where rows go besides these tables, and which controller works for it until when.
        CREATE TABLE controller_sinks (
            sink TEXT PRIMARY KEY,
            holder TEXT NOT NULL,
            -- seconds since 1970 by the clock of the store
            held_until INTEGER NOT NULL,
            -- rows that it will never take
            rejected INTEGER NOT NULL DEFAULT 0,
            -- why it takes nothing
            fault TEXT
        ) STRICT;
        -- The bundles whose rows it has.
        CREATE TABLE controller_sunk (
            sink TEXT NOT NULL,
            agent TEXT NOT NULL,
            project TEXT NOT NULL,
            run TEXT NOT NULL,
            rows INTEGER NOT NULL,
            sunk_at TEXT NOT NULL,
            PRIMARY KEY (sink, agent, project, run)
        ) STRICT, WITHOUT ROWID;
        -- Projects of which somebody was told that they are overdue.
        CREATE TABLE controller_overdue (
            project TEXT PRIMARY KEY,
            since TEXT NOT NULL,
            told_at TEXT NOT NULL
        ) STRICT;
        -- What one controller of several does for a while.
        CREATE TABLE controller_claims (
            work TEXT PRIMARY KEY,
            holder TEXT NOT NULL,
            -- seconds since 1970 by the clock of the store
            held_until INTEGER NOT NULL
        ) STRICT;
        """,
        """
        -- The key of the certificate to come that the agent was told of last, as curl knows it.
        ALTER TABLE controller_agents ADD COLUMN told_pin TEXT;
        """,
        """
        ALTER TABLE controller_users ADD COLUMN password_set_at TEXT;
        ALTER TABLE controller_users ADD COLUMN logged_in_at TEXT;
        -- Whose session led to it; none for what agents do and for the command line.
        ALTER TABLE controller_audit ADD COLUMN account TEXT;
        """,
    ]
}
