internal import CCurl
import Glibc
import Synchronization

/// Owns one `CURLM *` and drives its transfers on the thread that calls `run()`.
///
/// `@unchecked Sendable`: of the unguarded members, `multi` is constant and other threads use it for
/// `curl_multi_wakeup` only, which libcurl allows; all others are touched by the running thread only.
@safe final class TransferLoop: @unchecked Sendable {
    private struct Inbox {
        var jobs: [Job] = []
        var cancelled: [UInt64] = []
        var isClosed = false
    }

    /// The requests to one origin, of which a limited number is in flight.
    private struct Lane {
        var running = 0
        var waiting: [Job] = []
    }

    private let inbox = Mutex(Inbox())
    private let multi: UnsafeMutableRawPointer
    private let configuration: HTTPClient.Configuration
    private var lanes: [String: Lane] = [:]
    /// By the address of the easy handle, as libcurl reports them.
    private var running: [UInt: Transfer] = [:]

    private static let globalState = curl_global_init(Int(CURL_GLOBAL_DEFAULT))

    init?(_ configuration: HTTPClient.Configuration) {
        guard Self.globalState == CURLE_OK, let multi = unsafe curl_multi_init() else { return nil }
        unsafe self.multi = multi
        self.configuration = configuration
        // Idle connections kept: without a limit libcurl keeps four for each transfer it ever saw at once.
        unsafe gathering_curl_multi_set_number(multi, CURLMOPT_MAXCONNECTS, configuration.idleConnections)
    }

    deinit {
        for transfer in running.values { unsafe curl_multi_remove_handle(multi, transfer.easy) }
        running.removeAll()
        unsafe curl_multi_cleanup(multi)
    }

    // MARK: From any thread

    func submit(_ job: Job) {
        inbox.withLock { $0.jobs.append(job) }
        wake()
    }

    func cancel(_ id: UInt64) {
        inbox.withLock { $0.cancelled.append(id) }
        wake()
    }

    /// Ends `run()`; what is under way fails.
    func close() {
        inbox.withLock { $0.isClosed = true }
        wake()
    }

    private func wake() { unsafe curl_multi_wakeup(multi) }

    // MARK: On the loop's thread

    /// Returns after `close()`. While nothing is under way the thread sleeps without ever waking up.
    func run() {
        while true {
            let work = inbox.withLock { inbox in
                defer { inbox = Inbox(isClosed: inbox.isClosed) }
                return inbox
            }
            for job in work.jobs { lanes[job.request.address.origin, default: Lane()].waiting.append(job) }
            for id in work.cancelled { stop(id) }
            if work.isClosed { break }
            startWaiting()
            var count: Int32 = 0
            let code = unsafe curl_multi_perform(multi, &count)
            if code != CURLM_OK { endAll(unsafe String(cString: curl_multi_strerror(code))) }
            if collectFinished() { continue }
            // libcurl shortens the time to its own next deadline; a wake-up ends it.
            unsafe curl_multi_poll(multi, nil, 0, Int32.max, nil)
        }
        endAll("the client is closed")
    }

    private func startWaiting() {
        for (origin, lane) in lanes where !lane.waiting.isEmpty && lane.running < configuration.requestsPerOrigin {
            let jobs = lane.waiting.prefix(configuration.requestsPerOrigin - lane.running)
            lanes[origin]?.waiting.removeFirst(jobs.count)
            for job in jobs { start(job) }
        }
    }

    private func start(_ job: Job) {
        let transfer: Transfer
        do throws(HTTPError) {
            transfer = try Transfer(job, userAgent: configuration.userAgent, proxy: configuration.proxy)
            guard unsafe curl_multi_add_handle(multi, transfer.easy) == CURLM_OK else {
                throw HTTPError(.unusable, job.request.address.description, "no memory")
            }
        } catch {
            return job.answer.resume(returning: .failure(error))
        }
        unsafe running[UInt(bitPattern: transfer.easy)] = transfer
        lanes[job.request.address.origin, default: Lane()].running += 1
    }

    /// Answers those that libcurl has done with; says whether there were any.
    private func collectFinished() -> Bool {
        var hasFinished = false
        var left: Int32 = 0
        while let message = unsafe curl_multi_info_read(multi, &left) {
            guard unsafe message.pointee.msg == CURLMSG_DONE else { continue }
            // The message is gone once the handle is removed.
            let code = unsafe gathering_curl_message_result(message)
            guard let transfer = unsafe running[UInt(bitPattern: message.pointee.easy_handle)] else { continue }
            let result = transfer.result(code)
            remove(transfer)
            transfer.job.answer.resume(returning: result)
            hasFinished = true
        }
        return hasFinished
    }

    private func remove(_ transfer: Transfer) {
        unsafe curl_multi_remove_handle(multi, transfer.easy)
        unsafe running[UInt(bitPattern: transfer.easy)] = nil
        let origin = transfer.job.request.address.origin
        lanes[origin]?.running -= 1
        if let lane = lanes[origin], lane.running == 0, lane.waiting.isEmpty { lanes[origin] = nil }
    }

    private func stop(_ id: UInt64) {
        if let transfer = running.values.first(where: { $0.job.id == id }) {
            remove(transfer)
            return fail(transfer.job, .cancelled, "its task was cancelled")
        }
        for (origin, lane) in lanes {
            guard let index = lane.waiting.firstIndex(where: { $0.id == id }) else { continue }
            let job = lanes[origin]?.waiting.remove(at: index)
            if lane.running == 0, lane.waiting.count == 1 { lanes[origin] = nil }
            if let job { return fail(job, .cancelled, "its task was cancelled") }
        }
    }

    private func endAll(_ cause: String) {
        for transfer in Array(running.values) {
            remove(transfer)
            fail(transfer.job, .unusable, cause)
        }
        let waiting = lanes.values.flatMap(\.waiting) + inbox.withLock { $0.isClosed ? $0.jobs : [] }
        for job in waiting { fail(job, .unusable, cause) }
        lanes.removeAll()
    }

    private func fail(_ job: Job, _ code: HTTPError.Code, _ cause: String) {
        job.answer.resume(returning: .failure(HTTPError(code, job.request.address.description, cause)))
    }
}
