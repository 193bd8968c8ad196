import Documents
import Workload

/// Layers of models that mix by Mamba-1.
extension HuggingFaceFamily {
    static func jambaLayers(_ decoder: HuggingFaceDecoder) throws(DocumentError) -> [HuggingFaceLayer] {
        let fields = decoder.fields
        let period = try fields.usual("attn_layer_period", in: ModelLimits.layers)
        let offset = try fields.offset("attn_layer_offset", below: period, "attn_layer_period")
        let attention = HuggingFacePiece("attention", try decoder.attention())
        let mamba = HuggingFacePiece("mamba", try mamba1(decoder, innerNorms: true))
        let others = try decoder.feedForwards()
        return others.enumerated().map { [[$0 % period == offset ? attention : mamba], [$1]] }
    }

    /// Mamba-1 as Jamba and Zamba name it.
    static func mamba1(_ decoder: HuggingFaceDecoder, innerNorms: Bool) throws(DocumentError) -> Mamba1 {
        let fields = decoder.fields
        var mixer = Mamba1()
        mixer.channels = try fields.usual("mamba_expand", in: 1...16) * decoder.hidden
        mixer.state = try fields.need("mamba_d_state", in: ModelLimits.headDimension)
        if case .scalar(let scalar) = try fields.node("mamba_dt_rank"), scalar.text != "auto" {
            mixer.timeStepRank = try fields.need("mamba_dt_rank", in: ModelLimits.rank)
        } else {
            mixer.timeStepRank = (decoder.hidden + 15) / 16
        }
        mixer.convolution = try fields.usual("mamba_d_conv", in: ModelLimits.taps)
        mixer.hasBias = try fields.flag("mamba_proj_bias")
        mixer.hasConvolutionBias = try fields.flag("mamba_conv_bias", otherwise: true)
        mixer.hasInnerNorms = innerNorms
        return mixer
    }
}
