import Parallelism
import Workload

extension MegatronArguments {
    /// How the data set makes rows of samples, and which tokens see each other.
    func addRows(to list: inout FlagList) {
        // Unless told otherwise the data sets make a mask of --seq-length² numbers for every sample (`_get_ltor_masks_and_position_ids`), 69 GB at
        // 128K, which Transformer Engine's causal kernels do not take; the data set of --sft asserts that there is none.
        list.add("no-create-attention-mask-in-dataloader")
        if plan.formsGroups { return addGroups(to: &list) }
        if hasRecipe { return plan.packingLimits(.recipe).forEach { list.warn($0) } }
        switch plan.packing {
        case "pack" where version.masksDocuments:
            // Documents' ends go to the kernels, so that a token sees its own document only.
            list.add("dataloader-inter-document-masking")
            list.add("eod-mask-loss")
        case "best-fit" where version.masksDocuments:
            list.add("sft")
            list.warn(
                "A row is a line of the data of --sft: samples must be packed into lines beforehand, each beginning with a system message.")
        case "pack", "best-fit":
            list.add("eod-mask-loss")
            list.warn(
                "\(version.name) does not tell its kernels where documents end: rows are cut from the stream of documents and attention runs "
                    + "over whole rows, which takes longer than planned; megatron-core-0.19 and megatron-lm tell them.")
        case "none":
            list.add("sft")
            list.warn("A row is a line of the data of --sft, padded to --seq-length: a line must hold one sample.")
        default: break
        }
    }

    /// A group of ranks for every sequence, none of which holds more than a row gives it here.
    private func addGroups(to list: inout FlagList) {
        let s = plan.strategy
        list.add("hybrid-context-parallel")
        list.add("max-seqlen-per-dp-cp-rank", plan.job.sequenceLength * s.microBatch / s.context)
        list.add("calculate-per-token-loss")
        list.add("dataloader-type", "single")
        list.add("sft")
        let kind = SequenceGroupRules.kind(of: s)
        if s.context > 1, s.contextKind != kind {
            list.warn(
                "Groups exchange keys as \(kind.rawValue), as they were priced: their size changes from sequence to sequence, which "
                    + "\(s.contextKind.rawValue) does not allow for.")
        }
    }

    /// Whether the data are conversations, which nothing stands in for.
    var readsConversations: Bool { list.flags.contains { $0.name == "--sft" } }
}
