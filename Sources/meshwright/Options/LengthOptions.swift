import ArgumentParser
import CostModels
import Documents
import Foundation
import Parallelism
import Reports
import Sequences
import Workload

/// How long sequences are, and how they become rows.
struct LengthOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "How long sequences are: \(ShippedLengths.names.joined(separator: ", ")), or a file: a CSV histogram (length,share or length,count), a length a line, or JSON lines with token counts (docs/sequences.md).",
            valueName: "file|name"), completion: .file())
    var lengths: String?

    @Option(
        help: ArgumentHelp(
            "How samples become rows of --seq-len tokens: none (padded), pack (cut where a row is full), best-fit. By default best-fit.",
            valueName: "mode"), transform: { try ChoiceArgument.one($0) as PackingMode })
    var packing: PackingMode?

    @Option(name: .customLong("length-draws"), help: ArgumentHelp("Steps that are drawn from --lengths. By default 32.", valueName: "n"))
    var draws: Int?

    func validate() throws {
        if lengths == nil, packing != nil || draws != nil {
            throw ValidationError("--packing and --length-draws say what becomes of lengths; give --lengths too")
        }
        if let draws, !(1...100_000).contains(draws) { throw ValidationError("--length-draws \(draws): between 1 and 100000") }
    }

    /// What was read of them.
    struct Read: Sendable {
        /// Lengths, no longer than a row.
        var lengths: LengthDistribution
        /// How rows are packed.
        var packing: PackingMode
        /// Steps that are drawn.
        var draws: Int

        /// The documents of rows, and how full those are.
        var documents: DocumentMix?

        /// What goes into a key of an answer.
        var key: [String] {
            ["\(packing.rawValue)", "\(draws)"] + zip(lengths.lengths, lengths.shares).map { "\($0) \($1)" }
        }

        /// What rows of unequal work add to steps of any layout; nil where they add nothing.
        func unevenRows(_ inputs: CostInputs, seed: UInt64) -> UnevenRows? {
            UnevenRows(
                lengths, packing: packing, rowTokens: inputs.job.sequenceLength, rowsOfStep: inputs.job.globalBatch, seed: seed)
        }

        /// The study of a strategy's steps.
        func study(_ inputs: CostInputs, _ s: ParallelStrategy, _ estimate: StepEstimate, seed: UInt64) -> LengthStudy? {
            guard let prices = SequencePrices(inputs, s, step: estimate) else { return nil }
            let (rows, sequence) = (inputs.job.globalBatch, inputs.job.sequenceLength)
            let (budget, isTooLarge) = rows.multipliedReportingOverflow(by: sequence)
            return LengthStudy(
                StepDealer(prices, rowTokens: sequence, packing: packing), lengths, budget: isTooLarge ? 1 << 40 : min(budget, 1 << 40),
                draws: draws, seed: seed)
        }
    }

    /// Sequences of a step up to which it is dealt, and of all drawn steps unless more are asked for.
    private static let (mostSequences, mostDrawn) = (2_097_152.0, 8_388_608.0)

    /// The lengths for steps of `rows` rows of `sequence` tokens; says what is cut and what the model was not made for. Nil where none were given.
    ///
    /// `stated` is the packing of the user's own configuration, which holds unless one is given.
    func read(_ model: TransformerModel, rows: Int, sequence: Int, packed stated: String? = nil) throws -> Read? {
        guard let lengths else { return nil }
        let whole: LengthDistribution
        let isShipped = ShippedLengths.names.contains(lengths)
        if let shipped = ShippedLengths.distribution(lengths, longest: sequence) {
            whole = shipped
            ErrorReporting.warn("--lengths \(lengths): \(shipped.source)")
        } else {
            do { whole = try LengthsFile.read(path: lengths) } catch { throw CommandFailure(.badInput, "--lengths: \(error)") }
        }
        // A shipped distribution is meant to be cut; of a file that is longer than the model it may be a slip.
        let longest = isShipped ? min(whole.longest, sequence) : whole.longest
        if let most = model.maxSequenceLength, longest > most {
            ErrorReporting.warn("--lengths \(lengths): the longest has \(longest) tokens, and \(model.name) \(most) positions")
        }
        let longer = whole.shares(atLeast: sequence + 1)
        if longer.samples > 0 {
            let shares = [longer.samples, longer.tokens].map { String(format: $0 < 0.1 ? "%.2g %%" : "%.0f %%", 100 * $0) }
            ErrorReporting.warn(
                "--lengths \(lengths): \(shares[0]) of the samples with \(shares[1]) of the tokens are longer than --seq-len \(sequence) and cut "
                    + "to it; the longest has \(whole.longest)")
        }
        let cut = whole.cut(to: sequence)
        let samples = Double(rows) * Double(sequence) / max(cut.mean, 1)
        guard samples <= Self.mostSequences else {
            let mean = String(format: "%.3g", cut.mean)
            throw CommandFailure(
                .badInput,
                "--lengths \(lengths): a step of \(rows) rows of \(sequence) tokens holds \(Int(min(samples, 1e15))) sequences of \(mean) tokens in the mean; "
                    + "at most \(Int(Self.mostSequences)) are dealt, so use a smaller batch or shorter rows")
        }
        let usual = max(1, min(32, Int(Self.mostDrawn / max(samples, 1))))
        if draws == nil, usual < 32 {
            ErrorReporting.warn(
                "--lengths \(lengths): \(Int(samples)) sequences a step, so that \(usual) steps are drawn; --length-draws draws more")
        }
        let mode = packing ?? stated.flatMap { PackingMode(rawValue: $0) } ?? .bestFit
        return Read(
            lengths: cut, packing: mode, draws: draws ?? usual, documents: cut.documents(mode, rowTokens: sequence, rows: rows))
    }
}
