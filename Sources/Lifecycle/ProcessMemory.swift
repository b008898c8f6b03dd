internal import CLinux
package import Files
import Glibc

/// What a program that waits for hours need not hold.
package enum ProcessMemory {
    /// Gives back the heap's free pages, and the pages of code that the start and the last work went through: they stay in
    /// the system's cache, whence those that are needed come back one by one.
    ///
    /// - Throws: `FileError` where `/proc` is not there.
    package static func giveBack() throws(FileError) {
        gathering_trim_heap()
        let maps = String(decoding: try Files.read("/proc/self/smaps"), as: UTF8.self)
        for region in CodeRegion.unchanged(in: maps, ofProgram: ProcessFacts.executablePath ?? "") {
            guard let address = unsafe UnsafeMutableRawPointer(bitPattern: region.start) else { continue }
            // Of a private mapping of a file, of which no page was written to, this forgets what the file has anyway.
            unsafe madvise(address, Int(region.end - region.start), MADV_DONTNEED)
        }
    }
}

/// A part of a file that is mapped to be run.
struct CodeRegion: Equatable {
    let start: UInt
    let end: UInt

    /// Those in a text as `/proc/self/smaps` has it (proc(5)), of which no page was written to: a debugger may do that. Of
    /// the program's own file also its constants; of a library they may just now be brought into place by the loader.
    ///
    /// Pages that were written to are those that are not the file's any more, `Anonymous`. After a fork they count as shared
    /// and not as private ones: the addresses that the loader put right among the constants, in the child of process 1.
    static func unchanged(in maps: String, ofProgram program: String) -> [CodeRegion] {
        var regions: [CodeRegion] = []
        var current: CodeRegion?
        for line in maps.split(separator: "\n") {
            let words = line.split(separator: " ")
            if words.count >= 5, let region = CodeRegion(range: words[0]) {
                let path = words.count > 5 ? words[5...].joined(separator: " ") : ""
                let isCode = words[1] == "r-xp" && path.hasPrefix("/")
                current = isCode || words[1] == "r--p" && path == program ? region : nil
            } else if words.first == "Anonymous:", words.count > 1, words[1] == "0", let region = current {
                regions.append(region)
                current = nil
            }
        }
        return regions
    }

    /// `7f49c2000000-7f49c2400000`
    private init?(range: Substring) {
        let ends = range.split(separator: "-")
        guard ends.count == 2, let start = UInt(ends[0], radix: 16), let end = UInt(ends[1], radix: 16), start < end
        else { return nil }
        self.start = start
        self.end = end
    }
}
