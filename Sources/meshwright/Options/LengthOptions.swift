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

        /// The documents of packed rows; nil where a row is padded, and so computed as one document of its full length.
        var documents: DocumentMix? { packing == .none ? nil : lengths.documents }

        /// What goes into a key of an answer.
        var key: [String] {
            ["\(packing.rawValue)", "\(draws)"] + zip(lengths.lengths, lengths.shares).map { "\($0) \($1)" }
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

    /// The lengths for rows of `sequence` tokens; says what is cut and what the model was not made for. Nil where none were given.
    func read(_ model: TransformerModel, sequence: Int) throws -> Read? {
        guard let lengths else { return nil }
        let whole: LengthDistribution
        if let shipped = ShippedLengths.distribution(lengths, longest: sequence) {
            whole = shipped
            if ShippedLengths.names.contains(lengths) { ErrorReporting.warn("--lengths \(lengths): \(shipped.source)") }
        } else {
            do { whole = try LengthsFile.read(path: lengths) } catch { throw CommandFailure(.badInput, "--lengths: \(error)") }
        }
        if let most = model.maxSequenceLength, whole.longest > most {
            ErrorReporting.warn("--lengths \(lengths): the longest has \(whole.longest) tokens, and \(model.name) \(most) positions")
        }
        let longer = whole.shares(atLeast: sequence + 1)
        if longer.samples > 0 {
            let shares = [longer.samples, longer.tokens].map { String(format: "%.2g %%", 100 * $0) }
            ErrorReporting.warn(
                "--lengths \(lengths): \(shares[0]) of the samples with \(shares[1]) of the tokens are longer than --seq-len \(sequence) and cut "
                    + "to it; the longest has \(whole.longest)")
        }
        return Read(lengths: whole.cut(to: sequence), packing: packing ?? .bestFit, draws: draws ?? 32)
    }
}
