import Blocking
import Processes

/// The differences of a range of revisions, one after the other.
///
/// They come from one `svn log --diff`, since a process of its own for each revision costs about eight times as much
/// as its difference. That log passes over the content of deleted files; such a revision, and one that the log could
/// not tell, is asked for by `svn diff`.
struct DifferenceStream: ~Copyable {
    private let svn: SubversionProgram
    private let target: String
    /// Ascending.
    private let revisions: ArraySlice<Int>
    private let cancellation: Cancellation

    private struct RunningLog {
        let process: Process
        var parser: DifferenceLogParser
        /// The place of the revision that comes next.
        var next: Int
    }
    private var log: RunningLog?

    init(_ svn: SubversionProgram, _ target: String, _ revisions: ArraySlice<Int>, _ cancellation: Cancellation) {
        self.svn = svn
        self.target = target
        self.revisions = revisions
        self.cancellation = cancellation
    }

    /// The difference of the revision at a place; ask in ascending order.
    /// - Throws: why this one cannot be had; the next one may be asked for all the same.
    mutating func difference(at place: Int) throws -> Difference {
        if let difference = try logged(at: place), !difference.omitsDeletedContent { return difference }
        return try exact(revisions[place])
    }

    /// What the log tells; `nil` where it fails, whatever the reason: `exact` will tell it.
    mutating func logged(at place: Int) throws -> Difference? {
        if log?.next != place { log = nil }
        do {
            var running = try log ?? start(at: place)
            log = nil
            let process = running.process
            let following = place + 1 < revisions.endIndex ? revisions[place + 1] : nil
            let difference = try cancellation.onCancel {
                process.terminate(grace: .seconds(1))
            } during: {
                let difference = try running.parser.difference(of: revisions[place], before: following)
                if following == nil { try process.wait().requireSuccess() }
                return difference
            }
            running.next = place + 1
            if following != nil { log = running }
            return difference
        } catch is SubversionError {
            return nil
        } catch let error as ProcessError where error.code != .notFound && error.code != .notStarted {
            return nil
        }
    }

    private func start(at place: Int) throws -> RunningLog {
        let range = "\(revisions[place]):\(revisions[revisions.endIndex - 1])"
        let process = try svn.start(["log", "--quiet", "--diff", "--internal-diff", "-r", range, target])
        let reader = LineReader { buffer in try process.read(into: &buffer) }
        return RunningLog(process: process, parser: DifferenceLogParser(reader), next: place)
    }

    func exact(_ revision: Int) throws -> Difference {
        let range = "\(revision - 1):\(revision)"
        let process = try svn.start(["diff", "--internal-diff", "--ignore-properties", "-r", range, target])
        return try cancellation.onCancel {
            process.terminate(grace: .seconds(1))
        } during: {
            var reader = LineReader { buffer in try process.read(into: &buffer) }
            var parser = DifferenceParser()
            do {
                while let line = try reader.next() { try parser.take(line) }
                if let failure = SubversionError(try process.wait(), of: "diff") { throw failure }
                var difference = try parser.finish()
                difference.omitsDeletedContent = false
                return difference
            } catch let error as SubversionError {
                // A program that fails leaves its output unfinished; its own reason is the better one.
                throw try SubversionError(process.wait(), of: "diff") ?? error
            }
        }
    }
}
