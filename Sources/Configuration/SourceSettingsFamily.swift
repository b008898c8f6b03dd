package import ControllerAPI

/// The settings of one numbered source.
package struct SourceSettingsFamily: Sendable {
    private static let section =
        "Sources: what is gathered. Number them from 1; gaps are allowed"

    package let type = Setting<SourceType?>(
        "SOURCE_<n>_TYPE", section, .choice, otherwise: "git", example: "git",
        """
        The kind of the source: git, subversion, or the platform that hosts a Git repository and whose reviews and issues \
        are gathered as well: github, gitlab, or tfs for Azure DevOps. jira is the project's issues in Jira; jenkins, \
        quality-time and sonar are what these servers measure of the project; rest is any registry with a web API, which \
        SOURCE_<n>_DEFINITION describes.
        """)

    package let name = Setting<String?>(
        "SOURCE_<n>_NAME", section, .text, otherwise: "the last part of the URL", example: "product",
        """
        The name of the source. Rows carry it as the repository's name and the agent remembers by it how far it has \
        gathered, so keep it and give each source of a project its own.
        """)

    package let url = Setting<String?>(
        "SOURCE_<n>_URL", section, .url, otherwise: "the source is incomplete, which is an error",
        example: "https://git.example/group/product.git",
        """
        Where the source is: a URL, git@HOST:PATH, or the path of a local repository. Do not put a password into it; \
        that is what the settings below are for.
        """)

    package let definition = Setting<String?>(
        "SOURCE_<n>_DEFINITION", section, .path, otherwise: "none; a source of the type rest needs one",
        example: "config/registry.json",
        """
        The file that says how a registry is asked and what becomes of its records, for the type rest; see \
        Documentation/rest-tracker.md. Its base is the source's URL where that is not set.
        """)

    package let project = Setting<ProjectKey?>(
        "SOURCE_<n>_PROJECT", section, .project, otherwise: "the project of JIRA_KEY, where that is a single one",
        example: "DEMO", "The project that the source belongs to.")

    package let userName = Setting<String?>(
        "SOURCE_<n>_USERNAME", section, .text, otherwise: "the user of the URL", example: "reader",
        "The user to log in as. For a token over HTTPS most servers take any name, and `oauth2` is used.")

    package let password = Setting<Secret?>(
        "SOURCE_<n>_PASSWORD", section, .secret, otherwise: "no login", example: "",
        "The password for HTTP and for Subversion's own protocol. It is used only together with a user.")

    package let token = Setting<Secret?>(
        "SOURCE_<n>_TOKEN", section, .secret, otherwise: "none", example: "",
        """
        An access token, used as the password over HTTPS and for the API of the server. Several, parted by commas, take turns \
        at the API, each with a limit of its own; the first one is the password.
        """)

    package let keyPath = Setting<String?>(
        "SOURCE_<n>_SSH_KEY", section, .path, otherwise: "the agent's own key", example: ".ssh/product",
        "The private key for a URL of SSH.")

    package let fromDate = Setting<String?>(
        "SOURCE_<n>_FROM_DATE", section, .text, otherwise: "from the beginning", example: "2024-01-01",
        "Leaves out commits before this date, in any form that Git reads.")

    package let tag = Setting<String?>(
        "SOURCE_<n>_TAG", section, .text, otherwise: "the default branch", example: "v1.0",
        "Gathers only the commits that lead to this tag. It wins over the date.")

    package let skipsStatistics = Setting<Bool>(
        "SOURCE_<n>_SKIP_STATS", section, .flag, default: "no", example: "yes",
        "Leaves out the size of commits, their branches and the changed paths, which saves most of the time.")

    package let isUnsafe = Setting<Bool>(
        "SOURCE_<n>_UNSAFE", section, .flag, default: "no", example: "yes",
        """
        Does without checking the server's certificate or host key, so that anybody in between can read and change \
        what is gathered. Prefer SOURCE_<n>_CA_FILE.
        """)

    package let authorityFile = Setting<String?>(
        "SOURCE_<n>_CA_FILE", section, .path, otherwise: "the system's authorities", example: "certs/git.example.pem",
        "The file with the certificate that the server's must be or be signed by.")

    package var all: [SettingDeclaration] {
        [
            type.declaration, name.declaration, url.declaration, definition.declaration, project.declaration,
            userName.declaration,
            password.declaration, token.declaration, keyPath.declaration, fromDate.declaration, tag.declaration,
            skipsStatistics.declaration, isUnsafe.declaration, authorityFile.declaration,
        ]
    }

    init() {}
}

/// The kinds of source that can be gathered.
package enum SourceType: String, CaseIterable, Sendable {
    case git, github, gitlab, jenkins, jira
    case qualityTime = "quality-time"
    case rest, sonar, subversion, tfs
}
