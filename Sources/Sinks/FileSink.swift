internal import Blocking
package import Bundles
internal import ControllerAPI
internal import Files

/// Files of one JSON object a line, `DIRECTORY/TABLE/RUN-AGENT-PROJECT.ndjson`. A file has its name when it is whole, and a bundle
/// that comes again replaces its own.
package struct FileSink: Sink {
    package let name = "ndjson"
    private let directory: String

    package init(directory: String) { self.directory = directory }

    package func append(_ json: [UInt8], id: String, table: String, to content: inout [UInt8]) {
        content += json
        content.append(UInt8(ascii: "\n"))
    }

    package func take(_ files: [RowFile], of bundle: BundleIdentity) async throws -> Int {
        try await blocking { _ in
            for file in files {
                let place = "\(directory)/\(file.table)"
                try Files.makeDirectory(place, permissions: 0o750)
                let target = "\(place)/\(bundle.run)-\(bundle.agent)-\(bundle.project).ndjson"
                // The directory may be on another file system than the one the rows come from.
                try copy(file.path, to: target)
            }
        }
        return 0
    }

    private func copy(_ path: String, to target: String) throws {
        let source = try Descriptor(path, .read)
        let unfinished = "\(target).part"
        let copy = try Descriptor(unfinished, .replace(permissions: 0o640))
        while true {
            let bytes = try source.read(upTo: 1 << 20)
            if bytes.isEmpty { break }
            try copy.write(bytes)
        }
        try copy.synchronise()
        try Files.move(unfinished, to: target)
    }
}
