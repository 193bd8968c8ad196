extension MegatronReader {
    /// How rows are made of samples, where the flags say so.
    mutating func readRows(_ result: inout UserConfiguration) {
        let isOfConversations = has("sft")
        let isMasked = has("dataloader-inter-document-masking")
        let isReset = has("reset-attention-mask")
        if isOfConversations {
            result.packing = "best-fit"
            result.packingNote =
                "a line of the data of --sft is a row; its samples are taken to be packed best-fit, and --packing none says that it holds one"
        } else if isMasked {
            result.packing = "pack"
        } else if isReset {
            result.packing = "pack"
            result.packingNote = "documents are priced one by one, as --dataloader-inter-document-masking has them"
            result.notes.append(
                "--reset-attention-mask alone tells no kernel where documents end: causal kernels attend across them, and whole rows are computed."
            )
        }
        if result.packing != nil {
            result.notes.append("Rows hold several documents; --lengths says how long they are, without which each row is priced as one.")
        }
    }
}
