import Configuration
import Dropins
import Files
import HTTP
import Seats
import SourceSettings
import Topdesk

/// The files that say how lists are to be read which somebody keeps by hand.
struct ListPlans {
    let setup: AgentSetup

    private var settings: Settings { setup.agent.settings }

    /// What `topdesk.cfg` says; `nil` where there is none.
    /// - Throws: `ConfigurationError` with all faults of the file, `FileError`.
    func topdesk() throws -> TopdeskPlan? {
        let path = setup.agent.path(settings[AgentSettings.topdeskFile])
        guard try Files.status(path) != nil else { return nil }
        let file = INIFile(try Files.read(path, limit: 1 << 20), path: path)
        let sections = file.sections.map { section in
            (
                name: section.name,
                options: (file.options(section.name) ?? []).map {
                    TopdeskPlan.Option(name: $0.name, value: $0.value, line: $0.line)
                }
            )
        }
        do throws(ConfigurationError) {
            let plan = try TopdeskPlan(
                sections: sections, path: path, listedOnly: settings[AgentSettings.topdeskListedOnly])
            guard file.faults.isEmpty else { throw ConfigurationError(file.faults) }
            return plan
        } catch {
            throw error.faults == file.faults ? error : ConfigurationError(file.faults + error.faults)
        }
    }

    /// Where the reservations lie.
    var topdeskDump: String { setup.agent.path(settings[AgentSettings.topdeskDump]) }

    /// How the forecasts of seats are read; `nil` where no such file is there.
    /// - Throws: `ConfigurationError` with all faults of the file, `FileError`.
    func seats() throws -> SeatPlan? {
        guard let path = try seatPath() else { return nil }
        return try SeatPlan(Files.read(path, limit: 1 << 20), path: path)
    }

    /// The file that is set; where nothing is, the older agents' file counts as well.
    private func seatPath() throws -> String? {
        let set = setup.agent.path(settings[AgentSettings.seatPlan])
        var paths = [set]
        if settings.entries.first(where: { $0.name == AgentSettings.seatPlan.name })?.origin == .fallback {
            paths += ["config/seats.yml", "seats.yml"].map(setup.agent.path)
        }
        return try paths.first { try Files.status($0) != nil }
    }

    /// The server that tables are fetched from which somebody made beforehand; `nil` where none is set.
    /// - Throws: `ConfigurationError` with all faults.
    func dropins() throws(ConfigurationError) -> (kind: DropinStore.Kind, base: WebAddress)? {
        let reference = setup.reference
        guard let url = reference.value("dropins", "url") else { return nil }
        var faults: [ConfigurationFault] = []
        let kind = DropinStore.Kind(
            rawValue: reference.value("dropins", "type") ?? DropinStore.Kind.owncloud.rawValue)
        if kind == nil {
            faults.append(.init(.badValue, "type of [dropins]", "expected owncloud or webdav, found another word"))
        }
        var base: WebAddress?
        do throws(HTTPError) {
            base = try WebAddress(url)
        } catch {
            faults.append(.init(.badValue, "url of [dropins]", "expected a URL of https, found none (\(error))"))
        }
        guard let kind, let base else { throw ConfigurationError(faults) }
        return (kind, base)
    }

    /// All that is wrong, and what is worth a look, without asking anybody.
    func findings() throws -> (faults: [ConfigurationFault], warnings: [String]) {
        var faults: [ConfigurationFault] = []
        var warnings: [String] = []
        func check(_ body: () throws -> Void) throws {
            do {
                try body()
            } catch let error as ConfigurationError {
                faults += error.faults
            } catch let error as FileError {
                faults.append(.init(.unreadable, error.path, "\(error)"))
            }
        }
        try check {
            if try topdesk() != nil, try Files.status(topdeskDump) == nil {
                warnings.append("TOPDESK_DUMP: there is no file \(topdeskDump), so no reservations are gathered")
            }
        }
        try check {
            let hasPlan = try seats() != nil
            let hasFiles = !settings[AgentSettings.seatFiles].isEmpty
            if hasFiles != hasPlan {
                warnings.append(
                    hasPlan
                        ? "SEATS_FILES names no spreadsheets, so the plan of seats counts for nothing"
                        : "SEATS_PLAN: there is no such file, so no seats are gathered")
            }
        }
        try check { _ = try dropins() }
        return (faults, warnings)
    }
}
