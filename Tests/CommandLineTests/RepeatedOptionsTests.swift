import Testing

@testable import meshwright

/// Every option of every command that takes one value is refused a second one.
@Suite struct RepeatedOptionsTests {
    @Test func everySingleOptionIsRefusedTwice() {
        #expect(CommandDescription.all.count > 15)
        for command in CommandDescription.all {
            let options = CommandOptions(of: command.type)
            for option in command.options where !option.names.isEmpty {
                // The first name against the last, which is the same name for most.
                let twice = [option.names[0], "1", "\(option.names[option.names.count - 1])", "2"]
                let isRefused = (try? RepeatedOptions.check(twice, options)) == nil
                #expect(isRefused != option.repeats, "\(twice.joined(separator: " "))")
                #expect(option.names.count == 1 || option.names.contains(where: RepeatedOptions.aliases.contains), "\(option.names)")
            }
        }
    }

    @Test func whatLooksLikeAnOptionIsNone() throws {
        try RepeatedOptions.check(["--output", "a", "--", "train", "--tp", "1", "--tp", "2", "--output", "b"], of: CaptureCommand.self)
        try RepeatedOptions.check(["--model", "tp", "--tp", "1"], of: PlanCommand.self)
        #expect(throws: CommandFailure.self) { try RepeatedOptions.check(["--tp=1", "--map", "--tp", "2"], of: PlanCommand.self) }
    }
}
