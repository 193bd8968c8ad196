import ArgumentParser
import Foundation
import Testing

@testable import meshwright

/// What a thrown error tells the user and the caller.
struct ErrorReportingTests {
    private struct LibraryError: Error, CustomStringConvertible {
        var description: String { "model.yaml:3:5: unknown key 'headz', did you mean 'heads'?" }
    }
    private struct UndescribedError: Error {}

    @Test func libraryErrorsAreBadInputInTheirOwnWords() {
        let outcome = ErrorReporting.outcome(of: LibraryError())
        #expect(outcome == .init(message: "model.yaml:3:5: unknown key 'headz', did you mean 'heads'?", status: .badInput))
    }

    @Test func commandsChooseTheirOwnStatus() {
        let outcome = ErrorReporting.outcome(of: CommandFailure(.infeasible, "nothing fits"))
        #expect(outcome == .init(message: "nothing fits", status: .infeasible))
        #expect(ErrorReporting.outcome(of: ExitStatus.interrupted) == .init(message: nil, status: .interrupted))
        #expect(ErrorReporting.outcome(of: CancellationError()) == .init(message: nil, status: .interrupted))
    }

    @Test func missingFilesAreBadInputAndNamed() throws {
        let path = "/nonexistent-\(UUID())/model.yaml"
        let error = #expect(throws: (any Error).self) { try Data(contentsOf: URL(filePath: path)) }
        let outcome = ErrorReporting.outcome(of: try #require(error))
        #expect(outcome == .init(message: "\(path): no such file", status: .badInput))
    }

    @Test func errorsNotMeantForUsersAreOurFault() {
        #expect(ErrorReporting.outcome(of: UndescribedError())?.status == .internal)
    }

    @Test func theParserKeepsItsOwnErrors() {
        #expect(ErrorReporting.outcome(of: ValidationError("no")) == nil)
        #expect(ErrorReporting.outcome(of: CleanExit.message("bye")) == nil)
        #expect(ErrorReporting.outcome(of: ExitCode(3)) == nil)
    }

    @Test func statusesAreTheDocumentedNumbers() {
        let numbers = [ExitStatus.usage, .badInput, .infeasible, .internal, .unwritable, .interrupted].map(\.rawValue)
        #expect(numbers == [64, 65, 69, 70, 74, 130])
    }
}
