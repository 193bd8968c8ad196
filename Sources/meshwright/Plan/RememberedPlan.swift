import Documents
import Foundation
import Interchange
import PlanStore
import Reports

/// The answer of `plan` that was asked for last, from the cache.
enum RememberedPlan {
    /// The latest answer as a plan document.
    static func latest() throws -> PlanDocument {
        let path = CacheLocation.standard(environment: ProcessInfo.processInfo.environment)
        guard CacheFile.exists(path: path) else { throw CommandFailure(.badInput, "no plan is remembered at \(path); run plan first") }
        let database = try PlanDatabase(path: path)
        guard let entry = try database.list().first, let bytes = try database.lookup(entry.key),
            let report = try? JSONDecoder().decode(PlanReport.self, from: bytes)
        else { throw CommandFailure(.badInput, "no plan is remembered at \(path); run plan first") }
        let text = JSONWriter.text(report.document(PlanReport.Run(elapsed: 0, cache: "hit", threads: 1)))
        return try PlanDocument.parse(text: text, file: "the plan remembered last")
    }
}
