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
    ]
}
