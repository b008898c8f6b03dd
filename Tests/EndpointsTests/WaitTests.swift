import ControllerAPI
import Fleet
import TestSupport
import Testing
import Timestamps

@Suite(.timeLimit(.minutes(10))) struct WaitTests {
    private let house: Gatehouse

    init() throws { house = try Gatehouse() }

    @Test func aTriggerIsGivenUntilItIsAcknowledged() async throws {
        let agent = try await house.agent("DEMO", "DEMO", "WEB")
        #expect(try await house.fleet.trigger(ProjectKey("DEMO")) == [AgentKey("DEMO")])
        _ = try await house.fleet.trigger(ProjectKey("WEB"))
        let first = try await house.send("GET", "/auth/wait", "agent=DEMO", as: agent)
        #expect(first.status == 200)
        let notice = try TriggerNotice(json: Array(first.text.utf8))
        #expect(notice.projects.map(\.text) == ["DEMO", "WEB"])
        // The answer may have been lost on its way.
        let again = try await house.send("GET", "/auth/wait", "agent=DEMO", as: agent)
        #expect(again.text == first.text)
        _ = try await house.fleet.trigger(ProjectKey("DEMO"))
        let next = try await house.send("GET", "/auth/wait", "agent=DEMO&after=\(notice.trigger)", as: agent)
        let second = try TriggerNotice(json: Array(next.text.utf8))
        #expect(second.trigger > notice.trigger)
        #expect(second.projects.map(\.text) == ["DEMO"])
    }

    @Test func nothingIsSaidToAgentsThatAreNotMeant() async throws {
        _ = try await house.agent("DEMO", "DEMO")
        let other = try await house.agent("OTHER", "OTHER")
        _ = try await house.fleet.trigger(ProjectKey("DEMO"))
        house.triggers.close()
        #expect(try await house.send("GET", "/auth/wait", "agent=OTHER", as: other).status == 204)
        #expect(try await house.send("GET", "/auth/wait", "agent=DEMO", as: other).status == 403)
        #expect(try await house.send("GET", "/auth/wait", "agent=DEMO").status == 401)
        #expect(try await house.send("GET", "/auth/wait", "", as: other).status == 400)
        #expect(try await house.send("GET", "/auth/wait", "agent=OTHER&after=x", as: other).status == 400)
    }

    @Test func aRevokedAgentThatWaitsHearsNothing() async throws {
        let agent = try await house.agent("DEMO", "DEMO")
        _ = try await house.fleet.trigger(ProjectKey("DEMO"))
        try await house.fleet.revoke(AgentKey("DEMO"))
        #expect(try await house.fleet.takeTrigger(of: AgentKey("DEMO")) == nil)
        #expect(try await house.send("GET", "/auth/wait", "agent=DEMO", as: agent).status == 403)
    }

    @Test func aThousandAgentsWaitAndEachHearsOfItsTrigger() async throws {
        let count = 1000
        var agents: [Caller] = []
        for number in 0..<count { agents.append(try await house.agent("A\(number)", "ALL", "P\(number)")) }
        let house = house
        let waiting = agents
        let answers = try await house.watching {
            try await withThrowingTaskGroup(of: (Int, Answer).self) { group in
                for (number, agent) in waiting.enumerated() {
                    group.addTask {
                        // Where the machine is so busy that a wait ends before the last one has begun, agents ask again.
                        while true {
                            let answer = try await house.send("GET", "/auth/wait", "agent=\(agent.name)", as: agent)
                            if answer.status != 204 { return (number, answer) }
                        }
                    }
                }
                while house.triggers.count < count { await Task.yield() }
                // Another connection to the database, as another process has it.
                let operator_ = try Fleet("\(house.directory.path)/controller.sqlite")
                #expect(try await operator_.trigger(ProjectKey("ALL")).count == count)
                var answers: [Int: Answer] = [:]
                for try await (number, answer) in group { answers[number] = answer }
                return answers
            }
        }
        #expect(answers.count == count)
        for answer in answers.values {
            #expect(answer.status == 200)
            #expect(try TriggerNotice(json: Array(answer.text.utf8)).projects.map(\.text) == ["ALL"])
        }
    }

    @Test func aTriggerIsMadeOnceUntilItIsHandedOutAndRefusedWithoutAgents() async throws {
        _ = try await house.agent("DEMO", "DEMO")
        let agent = try AgentKey("DEMO")
        let project = try ProjectKey("DEMO")
        for _ in 0..<3 { _ = try await house.fleet.trigger(project) }
        let notice = try #require(try await house.fleet.takeTrigger(of: agent))
        #expect(notice.trigger == 1)
        #expect(try await house.fleet.isTriggered(agent, for: project, by: 1))
        #expect(try await !house.fleet.isTriggered(agent, for: project, by: 0))
        #expect(try await !house.fleet.isTriggered(agent, for: ProjectKey("WEB"), by: 1))
        house.clock.advance(25 * 3600)
        #expect(try await !house.fleet.isTriggered(agent, for: project, by: 1))
        await #expect(throws: Refusal.noAgent) { try await house.fleet.trigger(ProjectKey("NOBODY")) }
        await #expect(throws: Refusal.noAgent) {
            try await house.fleet.trigger(project, of: AgentKey("OTHER"))
        }
    }
}
