//! What is said to whoever follows a link in a message.

use crate::page::reader::{Language, Reader};

messages! {
    ReplyMessages;

    reply_acknowledge: "Acknowledge these alerts?", "Reconhecer estes alertas?";
    reply_acknowledge_text: "You will be named as the one who looks after them. They are not sent again until they end.", "Você será indicado como responsável. Eles não são enviados de novo até terminarem.";
    reply_snooze: "Snooze these alerts for {}?", "Adiar estes alertas por {}?";
    reply_snooze_text: "They are not sent again until then, unless they end.", "Eles não são enviados de novo até lá, a menos que terminem.";
    reply_silence: "Silence these alerts for {}?", "Silenciar estes alertas por {}?";
    reply_silence_text: "Nobody is told of alerts with these labels until then.", "Ninguém é avisado de alertas com estes rótulos até lá.";
    reply_as: "You act as {}", "Você age como {}";
    reply_comment: "Comment, for the others", "Comentário, para os outros";
    reply_firing: "{} firing", "{} disparado(s)";
    reply_do_acknowledge: "Acknowledge", "Reconhecer";
    reply_do_snooze: "Snooze", "Adiar";
    reply_do_silence: "Silence", "Silenciar";
    reply_done: "Done", "Feito";
    reply_acknowledged: "You have taken these alerts on. The others see your name beside them.", "Você reconheceu estes alertas. Os outros veem seu nome ao lado deles.";
    reply_snoozed: "These alerts stay quiet for {}, unless they end.", "Estes alertas ficam quietos por {}, a menos que terminem.";
    reply_silenced: "Alerts with these labels stay quiet for {}.", "Alertas com estes rótulos ficam quietos por {}.";
    reply_over: "It is over already", "Já terminou";
    reply_over_text: "These alerts have ended, so there is nothing left to do.", "Estes alertas terminaram; não há mais nada a fazer.";
    reply_used: "This link was used", "Este link já foi usado";
    reply_used_text: "What it does was done {}. Each link works once.", "O que ele faz foi feito {}. Cada link funciona uma vez.";
    reply_taken: "Somebody looks after it already", "Alguém já está cuidando disso";
    reply_taken_text: "{} has acknowledged these alerts {}.", "{} reconheceu estes alertas {}.";
    reply_expired: "This link has expired", "Este link expirou";
    reply_expired_text: "Links in messages hold for a while only. The page of alerts does the same.", "Links em mensagens valem só por um tempo. A página de alertas faz o mesmo.";
    reply_unknown: "This link does nothing", "Este link não faz nada";
    reply_unknown_text: "It is not one of this host's, or it was changed on the way. Copy it from the message as a whole.", "Não é deste servidor, ou foi alterado no caminho. Copie-o da mensagem por inteiro.";
    reply_failed: "That did not work", "Não funcionou";
}

impl ReplyMessages {
    pub(super) fn of(language: Language) -> &'static ReplyMessages {
        match language {
            Language::English => &ENGLISH,
            Language::Portuguese => &PORTUGUESE,
        }
    }
}

impl Reader {
    pub(crate) fn replying(self) -> &'static ReplyMessages {
        ReplyMessages::of(self.language)
    }
}
