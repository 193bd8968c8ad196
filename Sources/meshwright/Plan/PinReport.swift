import Search

/// Says which pinned values can never be legal.
enum PinReport {
    /// Complains about them; ends the run where no other value of a dimension is left.
    static func check(_ request: SearchRequest) throws {
        let problems = PinCheck(request).problems
        if let fatal = problems.first(where: \.isFatal) { throw CommandFailure(.badInput, "--\(fatal.dimension): \(fatal.what)") }
        for problem in problems { ErrorReporting.warn("--\(problem.dimension): \(problem.what); the value is left out") }
    }
}
