// swift-tools-version: 6.2
import PackageDescription

/// The settings of every Swift target, one place for all.
let strict: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .strictMemorySafety(),
    .treatAllWarnings(as: .error),
    .swiftLanguageMode(.v6),
]

let package = Package(
    name: "gathering",
    products: [],
    targets: [
        // Programs.
        .executableTarget(
            name: "agent",
            dependencies: [
                "AgentAPI", "AzureDevOps", "BigBoat", "Bundles", "Commands", "Configuration", "ControllerAPI",
                "ControllerClient", "Cryptography", "Delivery", "Dropins", "Enrolment", "Files", "Forges", "Gathering",
                "Git", "GitHub", "GitLab", "HTTP", "HTTPServer", "Jenkins", "Jira", "Lifecycle", "LDAP", "Logging",
                "Mail", "Members", "Notices", "Policy", "Processes", "Projects", "Pseudonyms", "QualityMetrics",
                "QualityTime", "Records", "RemoteLogging", "REST", "Registries", "RegistryDefinitions", "Runs",
                "Schedules", "Seats", "SFTP", "SonarQube", "SourceSettings", "SQLite", "Subversion", "Tables",
                "Timestamps", "Topdesk", "Triggers",
            ]),
        .executableTarget(
            name: "controller",
            dependencies: [
                "Archives", "Blocking", "Commands", "Configuration", "ControllerAPI", "Cryptography", "Database",
                "Endpoints", "Files", "Fleet", "HTTP", "HTTPServer", "Lifecycle", "Logging", "Mail", "Receiving",
                "Reception", "Sinks", "SQLite", "Timestamps",
            ]),

        // Steps.
        .target(
            name: "Endpoints",
            dependencies: [
                "Blocking", "ControllerAPI", "Cryptography", "Files", "Fleet", "HTTPServer", "Logging", "Pages",
                "Reception", "Timestamps",
            ]),
        .target(
            name: "Enrolment",
            dependencies: [
                "Commands", "ControllerAPI", "ControllerClient", "Cryptography", "Files", "HTTP", "Pseudonyms",
                "Timestamps",
            ]),
        .target(
            name: "Fleet",
            dependencies: ["Blocking", "ControllerAPI", "Cryptography", "Database", "Logging", "Timestamps"]),
        .target(
            name: "Gathering",
            dependencies: [
                "Blocking", "ControllerAPI", "Cryptography", "Enrolment", "Files", "Logging", "Pseudonyms", "Records",
                "Tables",
            ]),
        .target(
            name: "Git",
            dependencies: ["Blocking", "Files", "Gathering", "Processes", "Records", "Tables", "Timestamps"],
            path: "Sources/Connectors/Git", exclude: ["README.md"]),
        .target(
            name: "Receiving",
            dependencies: [
                "Blocking", "Confinement", "ControllerAPI", "Cryptography", "Files", "Logging", "Processes",
            ]),
        .target(
            name: "Reception",
            dependencies: [
                "Blocking", "Bundles", "ControllerAPI", "Cryptography", "Database", "Files", "Logging", "PostgreSQL",
                "SQLite", "Tables", "Timestamps",
            ]),
        .target(
            name: "Sinks",
            dependencies: [
                "Blocking", "Bundles", "ControllerAPI", "Cryptography", "Database", "Files", "HTTP", "Logging",
                "Reception",
                "SQLite", "Timestamps",
            ]),
        .target(
            name: "Subversion",
            dependencies: [
                "Blocking", "Configuration", "Files", "Gathering", "HTTP", "Processes", "Records", "Tables",
                "Timestamps", "XML",
            ],
            path: "Sources/Connectors/Subversion", exclude: ["README.md"]),
        .target(
            name: "Forges",
            dependencies: ["Files", "Gathering", "HTTP", "REST", "Tables", "Timestamps"],
            path: "Sources/Connectors/Forges"),
        .target(
            name: "GitHub",
            dependencies: ["Forges", "Gathering", "HTTP", "Records", "REST", "Tables", "Timestamps"],
            path: "Sources/Connectors/GitHub", exclude: ["README.md"]),
        .target(
            name: "GitLab",
            dependencies: ["Forges", "Gathering", "HTTP", "Records", "REST", "Tables", "Timestamps"],
            path: "Sources/Connectors/GitLab", exclude: ["README.md"]),
        .target(
            name: "Jira",
            dependencies: [
                "Commands", "Configuration", "Gathering", "HTTP", "JSONValues", "Records", "REST", "Tables",
                "Timestamps",
            ],
            path: "Sources/Connectors/Jira", exclude: ["README.md"]),
        .target(
            name: "Registries",
            dependencies: [
                "Configuration", "Gathering", "HTTP", "JSONValues", "Records", "REST", "RegistryDefinitions", "Tables",
                "Timestamps",
            ],
            path: "Sources/Connectors/Registries", exclude: ["README.md"]),
        .target(
            name: "BigBoat",
            dependencies: ["Configuration", "Forges", "HTTP", "JSONValues", "REST", "Tables"],
            path: "Sources/Connectors/BigBoat", exclude: ["README.md"]),
        .target(
            name: "QualityMetrics",
            dependencies: ["Forges", "Gathering", "HTTP", "Records", "REST", "Tables", "Timestamps"],
            path: "Sources/Connectors/QualityMetrics"),
        .target(
            name: "QualityTime",
            dependencies: ["Forges", "Gathering", "HTTP", "QualityMetrics", "Records", "REST", "Tables", "Timestamps"],
            path: "Sources/Connectors/QualityTime", exclude: ["README.md"]),
        .target(
            name: "SonarQube",
            dependencies: ["Forges", "Gathering", "HTTP", "QualityMetrics", "Records", "REST", "Tables", "Timestamps"],
            path: "Sources/Connectors/SonarQube", exclude: ["README.md"]),
        .target(
            name: "Jenkins",
            dependencies: ["Forges", "Gathering", "HTTP", "Records", "REST", "Tables"],
            path: "Sources/Connectors/Jenkins", exclude: ["README.md"]),
        .target(
            name: "Topdesk",
            dependencies: ["Blocking", "Commands", "Configuration", "Files", "Gathering", "Records", "Tables"],
            path: "Sources/Connectors/Topdesk", exclude: ["README.md"]),
        .target(
            name: "Seats",
            dependencies: [
                "Archives", "Blocking", "Commands", "Configuration", "Cryptography", "Files", "Gathering", "JSONValues",
                "Records", "Tables", "XML", "YAML",
            ],
            path: "Sources/Connectors/Seats", exclude: ["README.md"]),
        .target(
            name: "Projects", dependencies: ["Gathering", "Records", "Tables"],
            path: "Sources/Connectors/Projects", exclude: ["README.md"]),
        .target(
            name: "Members", dependencies: ["Gathering", "LDAP", "Records", "Tables"],
            path: "Sources/Connectors/Members", exclude: ["README.md"]),
        .target(
            name: "Dropins",
            dependencies: [
                "Blocking", "Configuration", "Cryptography", "Files", "Gathering", "HTTP", "REST", "Records", "Tables",
                "XML",
            ],
            path: "Sources/Connectors/Dropins", exclude: ["README.md"]),
        .target(
            name: "AzureDevOps",
            dependencies: ["Forges", "Gathering", "HTTP", "Records", "REST", "Tables", "Timestamps"],
            path: "Sources/Connectors/AzureDevOps", exclude: ["README.md"]),
        .target(
            name: "REST",
            dependencies: ["Blocking", "Configuration", "Cryptography", "Files", "HTTP", "JSONValues", "Timestamps"]),
        .target(name: "Pseudonyms", dependencies: ["ControllerAPI", "Cryptography", "Records", "Tables"]),

        // Values: no input or output beyond the local file system.
        .target(name: "Commands", dependencies: ["Files"]),
        .target(name: "Blocking", dependencies: ["CLinux"]),
        .target(name: "ControllerAPI", dependencies: ["Cryptography", "Timestamps"]),
        .target(
            name: "Configuration", dependencies: ["Commands", "ControllerAPI", "Files", "Logging", "Schedules"]),
        .target(name: "Files", dependencies: ["CLinux"]),
        .target(name: "Lifecycle", dependencies: ["CLinux", "Commands", "Files"]),
        .target(name: "Logging", dependencies: ["Files", "Timestamps"]),
        .target(
            name: "Policy",
            dependencies: [
                "Commands", "ControllerAPI", "Files", "JSONValues", "SourceSettings", "Tables", "Timestamps",
            ]),
        .target(name: "Records", dependencies: ["Tables"]),
        .target(
            name: "SourceSettings",
            dependencies: ["Commands", "Configuration", "ControllerAPI", "Files", "RegistryDefinitions", "Tables"]),
        .target(
            name: "RegistryDefinitions",
            dependencies: ["Commands", "Configuration", "Cryptography", "JSONValues", "Tables"]),
        .target(name: "JSONValues", dependencies: ["CSimdjson"]),
        .target(name: "Schedules", dependencies: ["Timestamps"]),
        .target(
            name: "Notices",
            dependencies: ["Blocking", "ControllerAPI", "Files", "Runs", "SQLite", "Schedules", "Timestamps"]),
        .target(
            name: "Runs", dependencies: ["Blocking", "Commands", "ControllerAPI", "Files", "SQLite", "Timestamps"]),
        .target(name: "Tables", dependencies: ["Cryptography", "Files"]),
        .target(name: "Timestamps"),

        // Steps.
        .target(
            name: "Bundles",
            dependencies: ["Archives", "ControllerAPI", "Cryptography", "Files", "Tables", "Timestamps"]),
        .target(
            name: "Delivery",
            dependencies: [
                "Blocking", "Bundles", "ControllerAPI", "ControllerClient", "Cryptography", "Files", "Logging", "SFTP",
                "SQLite", "Timestamps",
            ]),
        .target(
            name: "AgentAPI",
            dependencies: [
                "Configuration", "ControllerAPI", "Cryptography", "HTTPServer", "Logging", "Pages", "Runs",
                "Timestamps",
            ]),
        .target(name: "Pages", dependencies: ["Cryptography", "HTTPServer"]),
        .target(name: "RemoteLogging", dependencies: ["ControllerAPI", "ControllerClient", "Logging", "Timestamps"]),
        .target(name: "Triggers", dependencies: ["ControllerAPI", "ControllerClient", "Logging"]),
        .target(name: "ControllerClient", dependencies: ["ControllerAPI", "Cryptography", "HTTP", "Timestamps"]),

        // C libraries, each behind one Swift wrapper.
        .systemLibrary(name: "CArchive"),
        .target(name: "Archives", dependencies: ["CArchive", "Files"]),
        .systemLibrary(name: "CCurl"),
        .target(name: "HTTP", dependencies: ["CCurl", "CLinux", "Files"]),
        .target(name: "Mail", dependencies: ["Blocking", "CCurl", "Configuration", "Timestamps"]),
        .target(name: "LDAP", dependencies: ["Blocking", "CCurl"]),
        .systemLibrary(name: "CLibSSH2"),
        .target(name: "SFTP", dependencies: ["Blocking", "CLibSSH2", "Cryptography", "Files"]),
        .systemLibrary(name: "CExpat"),
        // C++ behind one function of C.
        .target(name: "CSimdjson", linkerSettings: [.linkedLibrary("simdjson")]),
        .systemLibrary(name: "CYAML"),
        .target(name: "XML", dependencies: ["CExpat"]),
        .target(name: "YAML", dependencies: ["CYAML", "JSONValues"]),
        .systemLibrary(name: "CLinux"),
        .target(name: "Confinement", dependencies: ["CLinux", "Files"]),
        .systemLibrary(name: "CMicroHTTPD"),
        .target(name: "HTTPServer", dependencies: ["CMicroHTTPD"]),
        .systemLibrary(name: "COpenSSL"),
        .target(name: "Cryptography", dependencies: ["COpenSSL", "Files", "Timestamps"]),
        .target(name: "Processes", dependencies: ["CLinux", "Files"]),
        .systemLibrary(name: "CSQLite"),
        .target(name: "SQLite", dependencies: ["CSQLite", "Files"]),
        .systemLibrary(name: "CPostgreSQL"),
        .target(name: "PostgreSQL", dependencies: ["CPostgreSQL"]),
        .target(name: "Database", dependencies: ["PostgreSQL", "SQLite"]),

        // What several test targets share.
        .executableTarget(
            name: "ImportProbe", dependencies: ["Database", "Fleet", "Logging", "Reception"], path: "Tests/ImportProbe"),
        .executableTarget(
            name: "FleetProbe",
            dependencies: [
                "Bundles", "ControllerAPI", "ControllerClient", "Cryptography", "Delivery", "Files", "Fleet", "HTTP",
                "SFTP", "Tables", "Timestamps",
            ], path: "Tests/FleetProbe"),
        .target(name: "TestSupport", dependencies: ["Files"], path: "Tests/TestSupport"),
        .testTarget(name: "CommandsTests", dependencies: ["Commands", "Files", "TestSupport"]),
        .testTarget(name: "ControllerAPITests", dependencies: ["ControllerAPI", "Cryptography", "Timestamps"]),
        .testTarget(
            name: "ConfigurationTests",
            dependencies: [
                "Commands", "Configuration", "ControllerAPI", "Files", "Logging", "Schedules", "TestSupport",
            ]),
        .testTarget(
            name: "ControllerClientTests",
            dependencies: ["ControllerAPI", "ControllerClient", "Cryptography", "HTTP", "TestSupport", "Timestamps"]),
        .testTarget(
            name: "DeliveryTests",
            dependencies: [
                "Bundles", "ControllerAPI", "ControllerClient", "Cryptography", "Delivery", "Files", "HTTP", "Logging",
                "SFTP", "TestSupport", "Timestamps",
            ]),
        .testTarget(name: "CryptographyTests", dependencies: ["Cryptography", "Files", "TestSupport", "Timestamps"]),
        .testTarget(name: "ArchivesTests", dependencies: ["Archives", "Files", "TestSupport"]),
        .testTarget(
            name: "BundlesTests",
            dependencies: [
                "Archives", "Bundles", "ControllerAPI", "Cryptography", "Files", "TestSupport", "Timestamps",
            ]),
        .executableTarget(
            name: "ConfinementProbe", dependencies: ["Confinement", "Files"], path: "Tests/ConfinementProbe"),
        .testTarget(
            name: "ConfinementTests", dependencies: ["Confinement", "ConfinementProbe", "Files", "TestSupport"]),
        .testTarget(
            name: "EndToEndTests",
            dependencies: [
                "agent", "Bundles", "controller", "ControllerAPI", "Cryptography", "Files", "ForgeTestSupport", "HTTP",
                "Processes", "Tables", "TestSupport", "Timestamps",
            ],
            exclude: ["make-repository", "older-agent", "older-controller"]),
        .testTarget(
            name: "EndpointsTests",
            dependencies: [
                "ControllerAPI", "Cryptography", "Database", "Endpoints", "Files", "Fleet", "HTTPServer", "Logging",
                "Reception", "SQLite", "TestSupport", "Timestamps",
            ]),
        .testTarget(
            name: "DeploymentTests", dependencies: ["agent", "controller", "Files", "TestSupport"],
            exclude: [
                "containers", "deployment.py", "documentation.py", "jenkins.py", "layers.py", "packages", "services.py",
            ]),
        .testTarget(name: "FilesTests", dependencies: ["Files", "TestSupport"]),
        .testTarget(name: "SQLiteTests", dependencies: ["SQLite", "Files", "TestSupport"]),
        .executableTarget(
            name: "LifecycleProbe", dependencies: ["Commands", "Files", "Lifecycle"], path: "Tests/LifecycleProbe"),
        .testTarget(name: "LifecycleTests", dependencies: ["Files", "Lifecycle", "LifecycleProbe", "TestSupport"]),
        .testTarget(
            name: "NoticesTests",
            dependencies: ["ControllerAPI", "Delivery", "Notices", "Runs", "Schedules", "TestSupport", "Timestamps"]),
        .testTarget(
            name: "MailTests", dependencies: ["Mail", "TestSupport", "Timestamps"], exclude: ["mail-server.py"]),
        .testTarget(name: "LoggingTests", dependencies: ["Files", "Logging", "TestSupport", "Timestamps"]),
        .testTarget(
            name: "GitTests", dependencies: ["Files", "Gathering", "Git", "Processes", "Tables", "TestSupport"]),
        .testTarget(
            name: "FleetTests",
            dependencies: [
                "Blocking", "ControllerAPI", "Cryptography", "Database", "Fleet", "TestSupport", "Timestamps",
            ]),
        .testTarget(name: "GatheringTests", dependencies: ["Gathering", "Tables", "TestSupport"]),
        .testTarget(name: "ProcessesTests", dependencies: ["Files", "Processes", "TestSupport"]),
        .testTarget(
            name: "ReceptionTests",
            dependencies: [
                "Bundles", "ControllerAPI", "Cryptography", "Database", "Files", "Fleet", "ImportProbe", "Logging",
                "Reception", "SQLite", "Tables", "TestSupport", "Timestamps",
            ]),
        .testTarget(
            name: "SinksTests",
            dependencies: [
                "ControllerAPI", "Database", "Files", "Fleet", "HTTP", "Logging", "Reception", "Sinks", "TestSupport",
                "Timestamps",
            ], exclude: ["bulk-server.py", "jenkins-server.py"]),
        .target(
            name: "ForgeTestSupport",
            dependencies: [
                "Blocking", "Files", "Forges", "Gathering", "HTTP", "REST", "Tables", "TestSupport", "Timestamps",
            ],
            path: "Tests/ForgeTestSupport"),
        .testTarget(
            name: "ForgesTests",
            dependencies: [
                "AzureDevOps", "Configuration", "Files", "Forges", "ForgeTestSupport", "Gathering", "GitHub", "GitLab",
                "HTTP", "REST", "Tables", "TestSupport", "Timestamps",
            ]),
        .testTarget(
            name: "JiraTests",
            dependencies: [
                "Configuration", "ForgeTestSupport", "Gathering", "HTTP", "Jira", "REST", "Tables", "TestSupport",
            ], exclude: ["jira-server.py"]),
        .testTarget(
            name: "RegistriesTests",
            dependencies: [
                "Blocking", "Configuration", "ControllerAPI", "Files", "ForgeTestSupport", "Gathering", "HTTP",
                "JSONValues", "REST", "Registries", "RegistryDefinitions", "SourceSettings", "Tables", "TestSupport",
                "Timestamps",
            ], exclude: ["redmine-server.rb", "registry-server.py", "schema-check.py"]),
        .testTarget(
            name: "QualityTests",
            dependencies: [
                "BigBoat", "Configuration", "Files", "Forges", "ForgeTestSupport", "Gathering", "HTTP", "Jenkins",
                "QualityMetrics", "QualityTime", "REST", "SonarQube", "Tables", "TestSupport", "Timestamps",
            ]),
        .testTarget(
            name: "TopdeskTests",
            dependencies: ["Configuration", "Files", "ForgeTestSupport", "Gathering", "TestSupport", "Topdesk"]),
        .testTarget(
            name: "SeatsTests",
            dependencies: [
                "Archives", "Configuration", "Files", "ForgeTestSupport", "Gathering", "Seats", "TestSupport",
            ],
            exclude: ["workbook.py"]),
        .testTarget(
            name: "MembersTests",
            dependencies: ["Files", "ForgeTestSupport", "Gathering", "LDAP", "Members", "TestSupport"]),
        .testTarget(
            name: "DropinsTests",
            dependencies: [
                "Configuration", "Dropins", "Files", "ForgeTestSupport", "Gathering", "HTTP", "REST", "Tables",
                "TestSupport",
            ], exclude: ["webdav-server.py"]),
        .testTarget(
            name: "RESTTests",
            dependencies: ["Configuration", "Files", "HTTP", "REST", "TestSupport", "Timestamps"]),
        .testTarget(
            name: "PolicyTests",
            dependencies: [
                "Commands", "Configuration", "Files", "Policy", "SourceSettings", "Tables", "TestSupport", "Timestamps",
            ], exclude: ["validate.py"]),
        .target(
            name: "ScrubbingCorpus", dependencies: ["Files", "Pseudonyms"], path: "Tests/ScrubbingCorpus",
            exclude: ["corpus.txt"]),
        .executableTarget(
            name: "ScrubbingProbe", dependencies: ["ControllerAPI", "Pseudonyms", "ScrubbingCorpus"],
            path: "Tests/ScrubbingProbe"),
        .testTarget(
            name: "PseudonymsTests",
            dependencies: ["ControllerAPI", "Pseudonyms", "Records", "ScrubbingCorpus", "Tables"]),
        .testTarget(
            name: "ProjectsTests", dependencies: ["Files", "Gathering", "Projects", "Tables", "TestSupport"]),
        .testTarget(
            name: "SourceSettingsTests",
            dependencies: ["Configuration", "ControllerAPI", "Files", "SourceSettings", "TestSupport"]),
        .executableTarget(name: "ReceiveProbe", dependencies: ["Files", "Receiving"], path: "Tests/ReceiveProbe"),
        .target(
            name: "ReceivingTestSupport",
            dependencies: [
                "ControllerAPI", "Cryptography", "Files", "Logging", "ReceiveProbe", "Receiving", "TestSupport",
            ],
            path: "Tests/ReceivingTestSupport"),
        .testTarget(
            name: "ReceivingTests",
            dependencies: [
                "ControllerAPI", "Cryptography", "Files", "Logging", "Processes", "ReceiveProbe", "Receiving",
                "ReceivingTestSupport", "SFTP", "TestSupport",
            ]),
        .testTarget(name: "TablesTests", dependencies: ["Cryptography", "Files", "Tables", "TestSupport"]),
        .testTarget(name: "HTTPTests", dependencies: ["Blocking", "HTTP", "Files", "TestSupport"]),
        .testTarget(
            name: "HTTPServerTests",
            dependencies: ["Blocking", "Cryptography", "Files", "HTTPServer", "TestSupport", "Timestamps"]),
        .testTarget(name: "SFTPTests", dependencies: ["SFTP", "Files", "TestSupport"]),
        .testTarget(name: "XMLTests", dependencies: ["XML"]),
        .testTarget(name: "JSONValuesTests", dependencies: ["JSONValues"]),
        .testTarget(name: "YAMLTests", dependencies: ["JSONValues", "YAML"]),
        .testTarget(
            name: "SubversionTests",
            dependencies: [
                "Blocking", "Configuration", "Files", "Gathering", "HTTP", "Processes", "Subversion", "Tables",
                "TestSupport", "Timestamps", "XML",
            ]),
        .testTarget(
            name: "AgentAPITests",
            dependencies: [
                "AgentAPI", "Configuration", "ControllerAPI", "HTTPServer", "Logging", "Runs", "TestSupport",
                "Timestamps",
            ]),
        .testTarget(
            name: "EnrolmentTests",
            dependencies: [
                "ControllerAPI", "ControllerClient", "Cryptography", "Enrolment", "Files", "HTTP", "TestSupport",
                "Timestamps",
            ]),
        .testTarget(
            name: "RunsTests",
            dependencies: ["ControllerAPI", "Delivery", "Files", "Runs", "SQLite", "TestSupport", "Timestamps"]),
        .testTarget(
            name: "RemoteLoggingTests",
            dependencies: [
                "ControllerAPI", "ControllerClient", "Cryptography", "HTTP", "Logging", "RemoteLogging", "TestSupport",
                "Timestamps",
            ]),
        .testTarget(
            name: "TriggersTests",
            dependencies: [
                "ControllerAPI", "ControllerClient", "Cryptography", "HTTP", "Logging", "TestSupport", "Triggers",
            ]),
        .testTarget(name: "PagesTests", dependencies: ["HTTPServer", "Pages"]),
        .testTarget(name: "SchedulesTests", dependencies: ["Schedules", "Timestamps"]),
        .testTarget(name: "TimestampsTests", dependencies: ["Timestamps"]),
    ]
)

for target in package.targets where target.type != .system {
    target.swiftSettings = strict
}

// Of CSimdjson, the only one.
package.cxxLanguageStandard = .cxx17
