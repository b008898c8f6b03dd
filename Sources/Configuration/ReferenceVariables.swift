/// Variables that the Python agent's environment files set and that mean nothing here. They are tolerated, with a
/// hint, so that an existing installation moves over; other unknown names are errors.
enum ReferenceVariables {
    /// Why the variable has no effect; `nil` for a name that is not of the reference.
    static func hint(for name: String) -> String? {
        if let hint = hints[name] { return hint }
        if templates.contains(name) || families.contains(where: name.hasPrefix) {
            return "it filled the templates of settings.cfg and credentials.cfg, which are read as they are"
        }
        return nil
    }

    private static let hints = [
        "DEFINITIONS_CREDENTIALS_ENV": "the agent keeps its one key by itself",
        "logLevel": "set LOG_LEVEL",
        "skip_dropin": "sources that are listed stay listed",
    ]

    private static let templates: Set<String> = [
        "ACCESS_NETWORK", "BIGBOAT_HOST", "BIGBOAT_KEY", "CONTROLLER_NETWORK", "DEFINITIONS_HOST",
        "DEFINITIONS_UNSAFE", "DEPLOYER_AUTH", "GITLAB_REPO", "GITLAB_URL", "JENKINS_HOST", "JENKINS_JOB",
        "JENKINS_TOKEN", "JIRA_PASSWORD", "JIRA_SERVER", "JIRA_USER", "METRICS_HOST", "METRICS_URL", "PROJECT_NAME",
        "QUALITY_TIME_NAME", "QUALITY_TIME_URL", "SOURCE_CREDENTIALS_ENV", "SOURCE_FROM_DATE", "SOURCE_GITHUB_API",
        "SOURCE_GITHUB_BOTS", "SOURCE_GITHUB_TOKEN", "SOURCE_GITLAB_GROUP", "SOURCE_GITLAB_TOKEN", "SOURCE_HOST",
        "SOURCE_PASSWORD", "SOURCE_PROTOCOL", "SOURCE_SKIP_STATS", "SOURCE_STRIP", "SOURCE_TAG", "SOURCE_TFS",
        "SOURCE_UNSAFE", "SOURCE_USERNAME", "SOURCE_WEB_PORT",
    ]

    private static let families = ["DEFINITIONS_", "DROPINS_", "IMPORTER_", "LDAP_", "MONETDB_", "SCHEDULE_"]
}
