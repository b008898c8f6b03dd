import ControllerAPI
import Pseudonyms
import ScrubbingCorpus

// Tells how well free text is scrubbed: `ScrubbingProbe`, for `make bench`.
let corpus = try ScrubbingCorpus()
let secrets = PseudonymSecrets(Salts(salt: "salt", pepper: "pepper"))
let known = KnownPeople()
try known.add(values: corpus.people, accounts: [], secrets)
let scrubber = TextScrubber(secrets, people: known.pseudonyms)
let result = corpus.judge(scrubber)
func percent(_ share: Double) -> String { "\(Double(Int(share * 1000 + 0.5)) / 10) %" }
print("free text: \(corpus.samples.count) texts with \(result.marks) marks, \(corpus.people.count) names known")
print("precision: \(percent(result.precision)) (\(result.right) of \(result.replacements) replacements)")
print("recall:    \(percent(result.recall)) (\(result.found) of \(result.marks) marks)")
if !result.missed.isEmpty { print("missed:    \(result.missed.joined(separator: " | "))") }
if !result.mistaken.isEmpty { print("mistaken:  \(result.mistaken.joined(separator: " | "))") }
let clock = ContinuousClock()
let rounds = 200
let time = clock.measure {
    for _ in 0..<rounds { for sample in corpus.samples { _ = scrubber.scrubbed(sample.text) } }
}
let bytes = corpus.samples.reduce(0) { $0 + $1.text.utf8.count } * rounds
print("speed:     \(Int(Double(bytes) / (time / .seconds(1)) / 1e6)) MB/s")
