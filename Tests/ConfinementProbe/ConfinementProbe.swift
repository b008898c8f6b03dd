import Confinement
import Files
import Glibc

/// Confines itself to a directory, tries what it is told, and says how each went.
///
///     ConfinementProbe DIRECTORY OPERATION PATH …
///     ConfinementProbe DIRECTORY execute PROGRAM ARGUMENT …
///
/// A line per operation: its name and the `errno`, 0 where it was permitted.
@main struct ConfinementProbe {
    static func main() {
        let words = Array(CommandLine.arguments.dropFirst())
        guard words.count >= 3 else { exit(2) }
        // Open before, to see that it is not open after.
        guard let shell = unsafe fopen("/bin/sh", "r") else { exit(2) }
        do throws(ConfinementError) {
            if words[1] == "execute" {
                let system = try SystemLibrary.ofThisProcess()
                let confinement = Confinement(
                    readWrite: [words[0], "/dev/null"], readExecute: [words[2], system.loader],
                    // For `getpwuid`, without which `sftp-server` ends.
                    read: [system.library, "/etc/passwd"], fileSizeLimit: 1 << 20, openFileLimit: 64)
                try confinement.execute(
                    words[2], Array(words[3...]), environment: ["ONLY": "this"], directory: words[0])
            }
            try Confinement(readWrite: [words[0]], readExecute: [], fileSizeLimit: 1 << 20).confine()
        } catch {
            complain("\(error.code) \(error)")
            exit(1)
        }
        say("descriptor", fcntl(unsafe fileno(shell), F_GETFD) < 0 ? errno : 0)
        for index in stride(from: 1, to: words.count - 1, by: 2) {
            say(words[index], attempt(words[index], words[index + 1]))
        }
    }

    private static func attempt(_ operation: String, _ path: String) -> Int32 {
        do throws(FileError) {
            switch operation {
            case "read": _ = try Files.read(path)
            case "list": _ = try Files.list(path)
            case "write": try Descriptor(path, .replace(permissions: 0o600)).write("new".utf8)
            case "fill":
                let file = try Descriptor(path, .replace(permissions: 0o600))
                for _ in 0..<17 { try file.write([UInt8](repeating: 0, count: 64 << 10)) }
            case "directory": try Files.makeDirectory(path)
            case "remove": try Files.remove(path)
            case "rename": try Files.rename(path, to: "\(path).renamed")
            case "link": return unsafe link(path, "\(path).link") == 0 ? 0 : errno
            case "symbolic": return unsafe symlink("/etc/passwd", path) == 0 ? 0 : errno
            case "truncate": return unsafe truncate(path, 0) == 0 ? 0 : errno
            case "pipe": return unsafe mkfifo(path, 0o600) == 0 ? 0 : errno
            case "connect": return connect()
            case "run":
                unsafe execve(path, [nil], [nil])
                return errno
            default: exit(2)
            }
            return 0
        } catch {
            return error.code
        }
    }

    /// Connects to a port at which nobody listens.
    private static func connect() -> Int32 {
        let socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        address.sin_port = UInt16(1).bigEndian
        return unsafe withUnsafePointer(to: address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                unsafe Glibc.connect(socket, pointer, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0 ? 0 : errno
            }
        }
    }

    private static func say(_ operation: String, _ number: Int32) {
        do { try StandardStream.output.write(Array("\(operation) \(number)\n".utf8)) } catch { exit(99) }
    }

    private static func complain(_ text: String) {
        do { try StandardStream.error.write(Array("\(text)\n".utf8)) } catch { exit(99) }
    }
}
