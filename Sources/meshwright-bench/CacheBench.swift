import Foundation
import PlanStore

/// Times the cache as a run meets it: opening the file and answering from it, with as many plans as it holds at most.
func benchCache() throws -> [(name: String, value: Double, unit: String)] {
    let directory = FileManager.default.temporaryDirectory.appending(path: "meshwright-bench-\(UUID())")
    defer { try? FileManager.default.removeItem(at: directory) }
    let path = directory.appending(path: "plans.sqlite").path
    let answer = Data((0..<50_000).map { UInt8(truncatingIfNeeded: $0 &* 31) })
    let clock = ContinuousClock()

    let count = CacheLimits.standard.entries
    let filling = try clock.measure {
        let database = try PlanDatabase(path: path)
        for index in 0..<count {
            try database.save(
                CachedPlan(key: "\(index)", model: "model", cluster: "cluster", toolVersion: "bench", result: answer))
        }
        try database.close()
    }

    var hit = Duration.seconds(1_000)
    var miss = hit
    for index in 0..<50 {
        hit = min(hit, clock.measure { answered(path, "\(index * 7)") })
        miss = min(miss, clock.measure { answered(path, "none") })
    }
    let digest = clock.measure { _ = SHA256.hexadecimal(of: answer) }
    return [
        ("cache: open and answer 50 kB of \(count) plans", hit / .milliseconds(1), "ms"),
        ("cache: open and find nothing", miss / .milliseconds(1), "ms"),
        ("cache: save 50 kB", filling / .milliseconds(1) / Double(count), "ms"),
        ("cache: SHA-256", Double(answer.count) / (digest / .seconds(1)) / 1e6, "MB/s"),
    ]
}

/// Opens the cache, asks, and closes it.
private func answered(_ path: String, _ key: String) {
    var cache = PlanCache(path: path)
    _ = cache.lookup(key)
}
