import Foundation
import Studies
import Testing

@testable import meshwright

/// What a sweep makes of the options of `plan`: none is forgotten.
@Suite struct SweptOptionTests {
    private static let options = Set(CommandOptions(of: PlanCommand.self).names.map { $0.replacing(/^-+/, with: "") })

    @Test func everyOptionOfPlanIsAKeyOrPassedOnOrRefused() {
        #expect(Self.options.count > 60)
        let classified = Set(SweptOption.all.keys).union(OptionNames.all.flatMap(\.others).map { $0.replacing(/^-+/, with: "") })
        #expect(Self.options.subtracting(classified) == [], "say in SweptOption what a sweep makes of them")
        #expect(Set(SweptOption.all.keys).subtracting(Self.options) == [], "plan has no such options")
    }

    @Test func everyKeyOfAStudyIsRead() throws {
        for case (_, .key(let key)) in SweptOption.all {
            let message = #expect(throws: (any Error).self) {
                try StudyDocument.parse(text: "model: m\ncluster: c\n\(key): {}\n", file: "s.yaml")
            }
            #expect(!"\(message.map { "\($0)" } ?? "")".contains("unknown key"), "\(key)")
        }
    }

    /// Every option that is passed on changes the question of a cell, since nothing else of a study may.
    @Test func everyOptionThatIsPassedOnIsParsed() throws {
        for name in SweptOption.names {
            let study = try StudyDocument.parse(text: "model: m\ncluster: c\ntokens: 1T\nplan: {\(name): '?'}\n", file: "s.yaml")
            let error = #expect(throws: CommandFailure.self) {
                _ = try SweptChoices(study, study.cells { _ in 8 }).options(study.cells { _ in 8 }[0])
                // Names of files and the like are refused where they are read.
                if ["routing", "expert-map", "lengths", "lora-targets", "freeze"].contains(name) {
                    throw CommandFailure(.badInput, "s.yaml:4")
                }
            }
            #expect(error?.description.hasPrefix("s.yaml:4") == true, "\(name): \(error?.description ?? "")")
        }
    }

    @Test func whatHasNoPlaceIsSaidWithTheReason() {
        #expect(SweptOption.problem("gpus") == "gpus is a key of the study itself; write it there, as gpus")
        #expect(SweptOption.problem("nodes")?.contains("a study counts GPUs") == true)
        #expect(SweptOption.problem("optimiser") == "'optimiser' is no option of plan; did you mean 'optimizer'?")
    }
}
