package import Commands
import Files
import Glibc

/// The places that settings come from, each winning over those before it, until they are read.
package struct SettingsSources: Sendable {
    /// The settings of one place.
    private struct Layer {
        struct Assignment {
            let name: String
            let value: String
            let origin: Settings.Origin
        }

        let assignments: [Assignment]
        /// In a file everything is meant for us; the environment of the process holds much besides.
        let isOurs: Bool
    }

    /// The program's home directory, absolute.
    package let home: String
    private var layers: [Layer] = []
    private var faults: [ConfigurationFault] = []
    private var warnings: [String] = []
    private var others: Set<String> = []
    private let homeName: String

    /// Reads the environment files of a program's home directory; what is wrong in them is told by `read`.
    ///
    /// The process's environment counts least, as in the reference, then `env` in the home directory, then
    /// `config/env` below it, then the options of the command line.
    /// - Parameter homeName: the setting that names the home directory; not to be set in the files, which are in it.
    /// - Parameter otherwise: the home directory where nothing names one, below the working directory.
    package init(
        home homeName: String, otherwise: String = "", environment: [String: String], overrides: [SettingOverride] = []
    ) {
        self.homeName = homeName
        let named = overrides.last { $0.setting == homeName }?.value ?? environment[homeName] ?? ""
        home = Self.absolute(FalsyWord.matches(named) ? otherwise : named)
        layers.append(
            Layer(
                assignments: environment.sorted { $0.key < $1.key }.map {
                    .init(name: $0.key, value: $0.value, origin: .environment)
                }, isOurs: false))
        for path in ["\(home)/env", "\(home)/config/env"] { addFile(path) }
        layers.append(
            Layer(
                assignments: overrides.map { override in
                    // Whoever types the name of a file means it from where they are.
                    let isFile = override.setting.hasSuffix("_FILE")
                    return .init(
                        name: override.setting, value: isFile ? Self.absolute(override.value) : override.value,
                        origin: .option(override.option))
                },
                isOurs: true))
    }

    private static func absolute(_ path: String) -> String {
        guard !path.hasPrefix("/") else { return path }
        guard let directory = unsafe getcwd(nil, 0) else { return path.isEmpty ? "." : path }
        defer { unsafe free(directory) }
        let base = unsafe String(cString: directory)
        return path.isEmpty ? base : (base == "/" ? "" : base) + "/" + path
    }

    private mutating func addFile(_ path: String) {
        do throws(FileError) {
            // The reference's image makes an empty `env`; an installation may also have it as a directory.
            guard let status = try Files.status(path) else { return }
            guard status.kind != .directory else {
                // A container engine makes a volume of a bare name in `-v env:/home/agent/env`.
                return warnings.append("\(path) is a directory: expected a file with settings, found nothing to read")
            }
            let file = EnvironmentFile(try Files.read(path, limit: 1 << 20), path: path)
            faults += file.faults
            for assignment in file.assignments where assignment.name == homeName {
                faults.append(
                    .init(
                        .conflict, "\(path):\(assignment.line)",
                        "\(homeName) cannot be set in a file that is found through it"))
            }
            let assignments = file.assignments.filter { $0.name != homeName }
            layers.append(
                Layer(
                    assignments: assignments.map {
                        .init(name: $0.name, value: $0.value, origin: .file(path: path, line: $0.line))
                    }, isOurs: true))
            let holdsSecret = assignments.contains { assignment in
                assignment.name.split(separator: "_").contains { ["PASSWORD", "TOKEN"].contains($0) }
                    && !assignment.name.hasSuffix("_FILE") && !FalsyWord.matches(assignment.value)
            }
            if status.kind == .file, status.permissions & 0o077 != 0, holdsSecret {
                warnings.append("\(path) holds a secret and others may read it: expected mode 600")
            }
        } catch {
            faults.append(.init(.unreadable, path, error.reason))
        }
    }

    /// Adds a place that counts less than all others, e.g. the reference's `settings.cfg`.
    package mutating func addBelow(_ assignments: [(name: String, value: String, origin: Settings.Origin)]) {
        let assignments = assignments.map { Layer.Assignment(name: $0.name, value: $0.value, origin: $0.origin) }
        layers.insert(Layer(assignments: assignments, isOurs: true), at: 0)
    }

    /// Adds a place that counts more than all but the options of the command line: what a controller wants for one run,
    /// and may want.
    package mutating func add(_ variables: ControllerVariables) {
        let assignments = variables.accepted.map {
            Layer.Assignment(name: $0.name, value: $0.value, origin: .file(path: variables.path, line: $0.line))
        }
        layers.insert(Layer(assignments: assignments, isOurs: true), at: layers.count - 1)
    }

    /// Lets files set variables that are no settings, because something else names them.
    package mutating func allow(_ names: Set<String>) { others.formUnion(names) }

    /// Adds what is wrong elsewhere, so that all is told together.
    package mutating func add(_ more: [ConfigurationFault]) { faults += more }

    /// The text of a setting as it stands, for what has to be known before all can be read.
    package func peek(_ name: String) -> String? {
        layers.lazy.reversed().compactMap { layer in layer.assignments.first { $0.name == name }?.value }.first
    }

    /// The texts of all settings whose names begin and end like this, e.g. of numbered ones.
    package func peek(from prefix: String, to suffix: String) -> Set<String> {
        var found: [String: String] = [:]
        for assignment in layers.flatMap(\.assignments)
        where assignment.name.hasPrefix(prefix) && assignment.name.hasSuffix(suffix) {
            found[assignment.name] = assignment.value
        }
        return Set(found.values)
    }

    /// Reads and checks everything.
    /// - Throws: all faults together.
    package func read(_ declarations: [SettingDeclaration]) throws(ConfigurationError) -> Settings {
        var reader = SettingsReader(declarations, others: others, faults: faults, warnings: warnings)
        for layer in layers {
            reader.beginLayer()
            for assignment in layer.assignments {
                reader.take(assignment.name, assignment.value, assignment.origin, isOurs: layer.isOurs)
            }
        }
        return try reader.finish(home: home)
    }
}
